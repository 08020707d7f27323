import type { EntityState, RelationState } from '../ports/change.ts'
import type { Pair } from '../ports/pair.ts'
import type { Store } from '../ports/store.ts'
import { mapInTurns, yieldIfDue } from '../work/turns.ts'
import type { AskOptions, ChangeParts } from './ask-models.ts'
import { entityText, relationText } from './item-texts.ts'

/**
 * Vectors for all entities and relations whose text changed; the others keep theirs. One that cannot
 * be had now stays pending.
 */
export async function withVectors(
  { store, embed }: Pick<ChangeParts, 'store' | 'embed'>,
  entities: readonly EntityState[],
  relations: readonly RelationState[],
  options: AskOptions,
): Promise<{ entities: EntityState[]; relations: RelationState[] }> {
  const known = await knownTexts(store, entities, relations)
  const texts = new Set<string>()
  for (const text of [
    ...(await mapInTurns(entities, entityText)),
    ...(await mapInTurns(relations, relationText)),
  ]) {
    if (!known.has(text)) texts.add(text)
  }
  await yieldIfDue()
  const made = texts.size > 0 ? await embed([...texts], options) : new Map<string, Float32Array>()
  const vectorOf = (text: string) =>
    known.has(text) ? ('keep' as const) : (made.get(text) ?? null)
  return {
    entities: await mapInTurns(entities, (entity) => ({
      ...entity,
      vector: vectorOf(entityText(entity)),
    })),
    relations: await mapInTurns(relations, (relation) => ({
      ...relation,
      vector: vectorOf(relationText(relation)),
    })),
  }
}

/** What is embedded of these items as they are stored now. A text names its item, so it is unique. */
async function knownTexts(
  store: Store,
  entities: readonly EntityState[],
  relations: readonly RelationState[],
): Promise<Set<string>> {
  const names = entities.map((entity) => entity.name)
  const pairs = relations.map(({ source, target }): Pair => [source, target])
  await yieldIfDue()
  const entityKeys = await store.searches.entityKeys(names)
  const oldEntities = await store.searches.entities([...entityKeys.values()])
  await yieldIfDue()
  const relationKeys = await store.searches.relationKeys(pairs)
  const oldRelations = await store.searches.relations([...relationKeys.values()])
  await yieldIfDue()
  const made = <Item extends { readonly embeddingPending: boolean }>(items: readonly Item[]) =>
    items.filter((item) => !item.embeddingPending)
  return new Set([
    ...(await mapInTurns(made(oldEntities), entityText)),
    ...(await mapInTurns(made(oldRelations), relationText)),
  ])
}
