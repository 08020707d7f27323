import { ModelUnavailable } from '../errors.ts'
import type { CallOptions, EmbeddingModel } from '../models.ts'
import type { Pair } from '../pair.ts'
import type { EntityState, RelationState, Store } from '../store.ts'
import { giveWay } from '../turns.ts'
import { entityText, relationText } from './item-texts.ts'

/**
 * One embedding request for all entities and relations whose text changed; the others keep their
 * vectors.
 *
 * @param mayOwe a removal does not wait for a model that is out: the vectors are then made later
 */
export async function withVectors(
  { store, embedding }: { readonly store: Store; readonly embedding: EmbeddingModel },
  entities: readonly EntityState[],
  relations: readonly RelationState[],
  mayOwe: boolean,
  options: CallOptions,
): Promise<{ entities: EntityState[]; relations: RelationState[] }> {
  const known = await knownTexts(store, entities, relations)
  const texts = new Set<string>()
  for (const text of [...entities.map(entityText), ...relations.map(relationText)]) {
    if (!known.has(text)) texts.add(text)
  }
  const wanted = [...texts]
  const vectors = wanted.length > 0 ? await embedAll(embedding, wanted, mayOwe, options) : []
  const made = new Map(wanted.map((text, i) => [text, vectors[i] ?? null]))
  const vectorOf = (text: string) =>
    known.has(text) ? ('keep' as const) : (made.get(text) ?? null)
  return {
    entities: entities.map((entity) => ({ ...entity, vector: vectorOf(entityText(entity)) })),
    relations: relations.map((relation) => ({
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
  await giveWay()
  const entityKeys = await store.entityKeys(names)
  const oldEntities = await store.entities([...entityKeys.values()])
  await giveWay()
  const relationKeys = await store.relationKeys(pairs)
  const oldRelations = await store.relations([...relationKeys.values()])
  await giveWay()
  return new Set([
    ...oldEntities.filter((entity) => !entity.owed).map(entityText),
    ...oldRelations.filter((relation) => !relation.owed).map(relationText),
  ])
}

async function embedAll(
  model: EmbeddingModel,
  texts: readonly string[],
  mayOwe: boolean,
  options: CallOptions,
): Promise<Float32Array[]> {
  try {
    return await model.embed(texts, { ...options, kind: 'document' })
  } catch (error) {
    if (mayOwe && error instanceof ModelUnavailable) return []
    throw error
  }
}
