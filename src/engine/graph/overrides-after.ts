import type { EntityOverride, Overrides, RelationOverride } from '../ports/graph-edit.ts'
import { type Pair, pairKey } from '../ports/pair.ts'
import type { Store } from '../ports/store.ts'
import type { StoredEntity, StoredRelation } from '../ports/stored-rows.ts'
import type { EditPlan, Origins } from './edit-plan.ts'
import { mergedEntity, mergedRelation, patchedEntity, patchedRelation } from './merged-overrides.ts'

/** What persons say of the items that an edit touches, before it and after it. */
export interface OverrideChange {
  readonly before: Overrides
  readonly after: Overrides
}

export async function overridesAfter(
  store: Store,
  plan: EditPlan,
  origins: Origins,
): Promise<OverrideChange> {
  const names = new Set([...origins.entities.keys(), ...[...origins.entities.values()].flat()])
  const pairs = new Map<string, Pair>()
  for (const { pair, from } of origins.relations.values()) {
    for (const one of [pair, ...from]) pairs.set(pairKey(one), one)
  }
  const [before, entities, relations] = await Promise.all([
    store.graph.overrides([...names], [...pairs.values()]),
    entitiesNamed(store, [...names]),
    relationsBetween(store, [...pairs.values()]),
  ])
  const shownEntity = (name: string) => {
    const stored = entities.get(name)
    const patch = plan.patchEntities?.get(name)
    const old = before.entities.get(name)
    const override = patch === undefined ? old : patchedEntity(old, patch)
    return stored === undefined ? [] : [{ item: { ...stored, ...override }, override }]
  }
  const patches = new Map((plan.patchRelations ?? []).map((one) => [pairKey(one.pair), one.patch]))
  const shownRelation = (pair: Pair) => {
    const stored = relations.get(pairKey(pair))
    const patch = patches.get(pairKey(pair))
    const old = before.relations.get(pairKey(pair))
    const override = patch === undefined ? old : patchedRelation(old, patch)
    return stored === undefined ? [] : [{ item: { ...stored, ...override }, override }]
  }
  const afterEntities = new Map<string, EntityOverride>()
  for (const [name, from] of origins.entities) {
    const override = mergedEntity(from.flatMap(shownEntity))
    if (override !== undefined) afterEntities.set(name, override)
  }
  const afterRelations = new Map<string, RelationOverride>()
  for (const [key, { from }] of origins.relations) {
    const override = mergedRelation(from.flatMap(shownRelation))
    if (override !== undefined) afterRelations.set(key, override)
  }
  return { before, after: { entities: afterEntities, relations: afterRelations } }
}

async function entitiesNamed(
  store: Store,
  names: readonly string[],
): Promise<Map<string, StoredEntity>> {
  const keys = await store.searches.entityKeys(names)
  const entities = await store.searches.entities([...keys.values()])
  return new Map(entities.map((entity) => [entity.name, entity]))
}

async function relationsBetween(
  store: Store,
  pairs: readonly Pair[],
): Promise<Map<string, StoredRelation>> {
  const keys = await store.searches.relationKeys(pairs)
  const relations = await store.searches.relations([...keys.values()])
  return new Map(
    relations.map((relation) => [pairKey([relation.source, relation.target]), relation]),
  )
}
