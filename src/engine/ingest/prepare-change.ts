import { setImmediate as nextTurn } from 'node:timers/promises'
import { ModelUnavailable } from '../errors.ts'
import type { CallOptions, EmbeddingModel } from '../models.ts'
import type { EngineSettings } from '../settings.ts'
import {
  byOrigin,
  type Change,
  type DocumentRecord,
  type EntityState,
  type JsonObject,
  type NewChunk,
  type Pair,
  pairKey,
  type RelationState,
  type Store,
  type StoredEntityFragment,
  type StoredRelationFragment,
} from '../store.ts'
import { tokenCount } from '../tokenizer.ts'
import { mergeEntity, mergeRelation } from './merge-fragments.ts'

/** The document version that a change publishes. */
export interface Publication {
  readonly document: DocumentRecord
  readonly chunks: readonly NewChunk[]
  readonly metadata: JsonObject
}

export interface ChangeParts {
  readonly store: Store
  readonly settings: EngineSettings
  readonly embedding: EmbeddingModel
  /** Makes one text of an item's descriptions. */
  readonly describe: (
    subject: { kind: 'entity' | 'relation'; name: string },
    descriptions: readonly string[],
    options: CallOptions,
  ) => Promise<string>
}

/** Merging and counting this many items takes a few milliseconds; other requests run in between. */
const ITEMS_A_TURN = 100

/**
 * Works out what a removal and a publication make of the graph: every entity and relation that they
 * touch is computed again from all its fragments, never added to.
 *
 * Reads what is visible, so nothing else may change the graph until the change is applied.
 */
export async function prepareChange(
  parts: ChangeParts,
  removes: readonly { documentId: string; forget: boolean }[],
  publication: Publication | null,
  options: CallOptions,
): Promise<Change> {
  const { store, settings } = parts
  const removed = removes.map((removal) => removal.documentId)
  const gone = await store.footprint(removed)
  const fresh = publication ? freshFragments(publication) : NOTHING
  const names = [...new Set([...gone.entities, ...fresh.entities.keys()])]
  const pairs = new Map<string, Pair>()
  for (const pair of gone.relations) pairs.set(pairKey(pair), pair)
  for (const [key, fragments] of fresh.relations) {
    const first = fragments[0]
    if (first) pairs.set(key, [first.source, first.target])
  }
  const [oldEntities, oldRelations] = await Promise.all([
    store.entityFragments(names, removed, settings.maxSourceIdsPerEntity),
    store.relationFragments([...pairs.values()], removed, settings.maxSourceIdsPerRelation),
  ])
  const entities: EntityState[] = []
  const deadEntities: string[] = []
  for (const name of names) {
    const fragments = together(
      oldEntities.get(name),
      fresh.entities.get(name),
      settings.maxSourceIdsPerEntity,
    )
    if (fragments.length === 0) deadEntities.push(name)
    else entities.push(await entityState(parts, name, fragments, options))
    if (entities.length % ITEMS_A_TURN === 0) await nextTurn()
  }
  const relations: RelationState[] = []
  const deadRelations: Pair[] = []
  for (const [key, pair] of pairs) {
    const fragments = together(
      oldRelations.get(key),
      fresh.relations.get(key),
      settings.maxSourceIdsPerRelation,
    )
    if (fragments.length === 0) deadRelations.push(pair)
    else relations.push(await relationState(parts, pair, fragments, options))
    if (relations.length % ITEMS_A_TURN === 0) await nextTurn()
  }
  return {
    removes,
    publishes: publication && {
      documentId: publication.document.id,
      revision: publication.document.revision,
      chunks: publication.chunks,
      metadata: publication.metadata,
    },
    ...(await withVectors(parts, entities, relations, publication === null, options)),
    deadEntities,
    deadRelations,
  }
}

interface Fragments {
  readonly entities: ReadonlyMap<string, StoredEntityFragment[]>
  readonly relations: ReadonlyMap<string, StoredRelationFragment[]>
}
const NOTHING: Fragments = { entities: new Map(), relations: new Map() }

/** The fragments of a publication, as the store will give them back. */
function freshFragments({ document, chunks }: Publication): Fragments {
  const entities = new Map<string, StoredEntityFragment[]>()
  const relations = new Map<string, StoredRelationFragment[]>()
  for (const chunk of chunks) {
    const origin = {
      documentId: document.id,
      filePath: document.filePath,
      chunkId: chunk.id,
      ordinal: chunk.ordinal,
      createdAt: document.createdAt,
    }
    chunk.entities.forEach((entity, position) => {
      push(entities, entity.name, { ...entity, ...origin, position })
    })
    chunk.relations.forEach((relation, position) => {
      const key = pairKey([relation.source, relation.target])
      push(relations, key, { ...relation, ...origin, position })
    })
  }
  return { entities, relations }
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}

/** The first `limit` of both in canonical order; `old` holds the first `limit` of its own. */
function together<T extends Parameters<typeof byOrigin>[0]>(
  old: readonly T[] | undefined,
  fresh: readonly T[] | undefined,
  limit: number,
): T[] {
  if (!fresh) return [...(old ?? [])]
  return [...(old ?? []), ...fresh].sort(byOrigin).slice(0, limit)
}

async function entityState(
  { settings, describe }: ChangeParts,
  name: string,
  fragments: readonly StoredEntityFragment[],
  options: CallOptions,
): Promise<EntityState> {
  const { descriptions, ...merged } = mergeEntity(name, fragments, {
    sourceIds: settings.maxSourceIdsPerEntity,
    filePaths: settings.maxFilePaths,
    descriptions: settings.maxDescriptions,
  })
  const description = await describe({ kind: 'entity', name }, descriptions, options)
  const tokens = tokenCount(entityLine({ name, type: merged.type, description }))
  return { ...merged, description, tokens, vector: null }
}

async function relationState(
  { settings, describe }: ChangeParts,
  pair: Pair,
  fragments: readonly StoredRelationFragment[],
  options: CallOptions,
): Promise<RelationState> {
  const { descriptions, ...merged } = mergeRelation(pair, fragments, {
    sourceIds: settings.maxSourceIdsPerRelation,
    filePaths: settings.maxFilePaths,
    descriptions: settings.maxDescriptions,
  })
  const subject = { kind: 'relation', name: `(${pair[0]}, ${pair[1]})` } as const
  const description = await describe(subject, descriptions, options)
  const tokens = tokenCount(relationLine({ ...merged, description }))
  return { ...merged, description, tokens, vector: null }
}

/** The line that a prompt shows of an entity. */
export function entityLine(entity: { name: string; type: string; description: string }): string {
  const { name, type, description } = entity
  return JSON.stringify({ entity: name, type, description })
}

/** The line that a prompt shows of a relation. */
export function relationLine(relation: {
  source: string
  target: string
  description: string
}): string {
  const { source, target, description } = relation
  return JSON.stringify({ entity1: source, entity2: target, description })
}

/**
 * One embedding request for all entities and relations whose text changed; the others keep their
 * vectors.
 *
 * @param mayOwe a removal does not wait for a model that is out: the vectors are then made later
 */
async function withVectors(
  { store, embedding }: ChangeParts,
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
  const [oldEntities, oldRelations] = await Promise.all([
    store.entityKeys(names).then((keys) => store.entities([...keys.values()])),
    store.relationKeys(pairs).then((keys) => store.relations([...keys.values()])),
  ])
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

/** What is embedded of an entity. */
export function entityText(entity: { name: string; description: string }): string {
  return `${entity.name}\n${entity.description}`
}

/** What is embedded of a relation; always the same order, edited or not. */
export function relationText(relation: {
  keywords: string
  source: string
  target: string
  description: string
}): string {
  const { keywords, source, target, description } = relation
  return `${keywords}\t${source}\n${target}\n${description}`
}
