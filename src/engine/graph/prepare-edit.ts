import type { ChangeParts } from '../merge/ask-models.ts'
import { together } from '../merge/prepare-change.ts'
import { rebuildItems } from '../merge/rebuild-items.ts'
import type { Change } from '../ports/change.ts'
import {
  type GraphEdit,
  type ManualEntity,
  type ManualRelation,
  NO_DOCUMENT,
} from '../ports/graph-edit.ts'
import type { CallOptions } from '../ports/models.ts'
import { orderedPair, type Pair, pairKey } from '../ports/pair.ts'
import type {
  StoredEntityFragment,
  StoredRelation,
  StoredRelationFragment,
} from '../ports/stored-rows.ts'
import type { EditPlan, Origins } from './edit-plan.ts'
import { type OverrideChange, overridesAfter } from './overrides-after.ts'

/**
 * Works out what an edit makes of the graph. Fragments move, overrides change, and everything that
 * this touches is computed again, just as ingestion does it.
 *
 * Reads what is visible, so nothing else may change the graph until the change is applied.
 */
export async function prepareEdit(
  parts: ChangeParts,
  plan: EditPlan,
  options: CallOptions,
): Promise<Change> {
  const { store } = parts
  const moves = plan.moves ?? new Map<string, string | null>()
  const movedKeys = await store.searches.entityKeys([...moves.keys()])
  const ties = await store.searches.relationsOf([...movedKeys.values()])
  const touching = await store.searches.relations(ties.map((tie) => tie.key))
  const moveRelations = [
    ...touching.map((relation) => ({ from: pairOf(relation), to: movedPair(relation, moves) })),
    ...(plan.endRelations ?? []).map((from) => ({ from, to: null })),
  ]
  const origins = originsOf(plan, moves, moveRelations)
  const relations = await relationFragments(parts, plan, origins)
  for (const name of await lonelyEnds(parts, origins, relations)) origins.entities.set(name, [name])
  const entities = await entityFragments(parts, plan, origins)
  const overrides = await overridesAfter(store, plan, origins)
  const touched = {
    entities,
    relations,
    overrides: overrides.after,
    mayLeavePending: isRemoval(plan),
  }
  const rebuilt = await rebuildItems(parts, touched, options)
  return {
    removes: [],
    publishes: null,
    ...rebuilt,
    edit: {
      moveEntities: [...moves].map(([from, to]) => ({ from, to })),
      moveRelations,
      addEntities: plan.addEntities ?? [],
      addRelations: plan.addRelations ?? [],
      ...changedOverrides(rebuilt, overrides, origins),
    },
  }
}

function isRemoval(plan: EditPlan): boolean {
  const isGiven = plan.addEntities ?? plan.addRelations ?? plan.patchEntities ?? plan.patchRelations
  return isGiven === undefined && [...(plan.moves?.values() ?? [])].every((to) => to === null)
}

function pairOf(relation: StoredRelation): Pair {
  return [relation.source, relation.target]
}

/** Where a relation goes; null when an end of it ends, or both become one. */
function movedPair(
  { source, target }: StoredRelation,
  moves: ReadonlyMap<string, string | null>,
): Pair | null {
  const moved = (name: string) => {
    const to = moves.get(name)
    return to === undefined ? name : to
  }
  const [first, second] = [moved(source), moved(target)]
  if (first === null || second === null || first === second) return null
  return orderedPair(first, second)
}

function originsOf(
  plan: EditPlan,
  moves: ReadonlyMap<string, string | null>,
  moveRelations: readonly { readonly from: Pair; readonly to: Pair | null }[],
): Origins & { readonly entities: Map<string, readonly string[]> } {
  const entities = new Map<string, string[]>()
  const itself = (name: string) => {
    const own = entities.get(name) ?? [name]
    entities.set(name, own)
    return own
  }
  for (const [from, to] of moves) {
    entities.set(from, [])
    if (to !== null) itself(to).push(from)
  }
  for (const { name } of plan.addEntities ?? []) itself(name)
  for (const name of plan.patchEntities?.keys() ?? []) if (!moves.has(name)) itself(name)
  const relations = new Map<string, { pair: Pair; from: Pair[] }>()
  const pairItself = (pair: Pair) => {
    const own = relations.get(pairKey(pair)) ?? { pair, from: [pair] }
    relations.set(pairKey(pair), own)
    return own
  }
  for (const { from, to } of moveRelations) {
    relations.set(pairKey(from), { pair: from, from: [] })
    if (to !== null) pairItself(to).from.push(from)
  }
  for (const { source, target } of plan.addRelations ?? []) pairItself([source, target])
  for (const { pair } of plan.patchRelations ?? []) pairItself(pair)
  return { entities, relations }
}

async function entityFragments(
  { store, settings }: ChangeParts,
  plan: EditPlan,
  origins: Origins,
): Promise<Map<string, StoredEntityFragment[]>> {
  const limit = settings.maxSourceIdsPerEntity
  const wanted = new Set([...origins.entities.values()].flat())
  const found = await store.searches.entityFragments([...wanted], [], limit)
  return new Map(
    [...origins.entities].map(([name, from]) => {
      const old = from.flatMap((origin) => found.get(origin) ?? [])
      const added = (plan.addEntities ?? []).filter((entity) => entity.name === name)
      return [name, together(old, added.map(asFragment), limit)]
    }),
  )
}

async function relationFragments(
  { store, settings }: ChangeParts,
  plan: EditPlan,
  origins: Origins,
): Promise<Map<string, { pair: Pair; fragments: StoredRelationFragment[] }>> {
  const limit = settings.maxSourceIdsPerRelation
  const wanted = [...origins.relations.values()].flatMap(({ from }) => from)
  const found = await store.searches.relationFragments(wanted, [], limit)
  return new Map(
    [...origins.relations].map(([key, { pair, from }]) => {
      const old = from.flatMap((origin) => found.get(pairKey(origin)) ?? [])
      const added = (plan.addRelations ?? []).filter(
        ({ source, target }) => pairKey([source, target]) === key,
      )
      return [key, { pair, fragments: together(old, added.map(asFragment), limit) }]
    }),
  )
}

/** A fragment that is added comes last among those without a document. */
function asFragment<T extends ManualEntity | ManualRelation>({ sourceId, ...fragment }: T) {
  const place = { ordinal: 0, position: Number.MAX_SAFE_INTEGER }
  return { ...fragment, documentId: NO_DOCUMENT, chunkId: sourceId, ...place }
}

/** The ends of relations that go, if no fragment speaks of them: they may go with their last one. */
async function lonelyEnds(
  { store }: ChangeParts,
  { entities }: Origins,
  relations: ReadonlyMap<string, { readonly pair: Pair; readonly fragments: readonly unknown[] }>,
): Promise<string[]> {
  const ended = [...relations.values()].filter(({ fragments }) => fragments.length === 0)
  const ends = new Set(ended.flatMap(({ pair }) => pair).filter((name) => !entities.has(name)))
  const found = await store.searches.entityFragments([...ends], [], 1)
  return [...found].flatMap(([name, fragments]) => (fragments.length === 0 ? [name] : []))
}

/** The overrides to write. Those of an item that ends go with it. */
function changedOverrides(
  rebuilt: Pick<Change, 'deadEntities' | 'deadRelations'>,
  { before, after }: OverrideChange,
  origins: Origins,
): Pick<GraphEdit, 'overrideEntities' | 'overrideRelations'> {
  const deadEntities = new Set(rebuilt.deadEntities)
  const deadRelations = new Set(rebuilt.deadRelations.map(pairKey))
  const overrideEntities = [...origins.entities.keys(), ...rebuilt.deadEntities].flatMap((name) => {
    const override = deadEntities.has(name) ? null : (after.entities.get(name) ?? null)
    const isNothing = override === null && !before.entities.has(name)
    return isNothing ? [] : [{ name, override }]
  })
  const overrideRelations = [...origins.relations].flatMap(([key, { pair }]) => {
    const override = deadRelations.has(key) ? null : (after.relations.get(key) ?? null)
    const isNothing = override === null && !before.relations.has(key)
    return isNothing ? [] : [{ pair, override }]
  })
  return { overrideEntities, overrideRelations }
}
