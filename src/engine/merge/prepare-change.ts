import type { Change, NewChunk } from '../ports/change.ts'
import type { DocumentRecord, JsonObject } from '../ports/document-record.ts'
import { byOrigin } from '../ports/fragment-order.ts'
import { NO_EDIT, type Overrides } from '../ports/graph-edit.ts'
import type { CallOptions } from '../ports/models.ts'
import { type Pair, pairKey } from '../ports/pair.ts'
import type { StoredEntityFragment, StoredRelationFragment } from '../ports/stored-rows.ts'
import { isSliceOver, nextTurn, yieldIfDue } from '../work/turns.ts'
import type { ChangeParts } from './ask-models.ts'
import { rebuildItems } from './rebuild-items.ts'

/** The document version that a change publishes. */
export interface Publication {
  readonly document: DocumentRecord
  /** Who has claimed it. */
  readonly owner: string
  readonly chunks: readonly NewChunk[]
  readonly metadata: JsonObject
}

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
  await yieldIfDue()
  const gone = await store.graph.footprint(removed)
  const fresh = publication ? await freshFragments(publication) : NOTHING
  const names = [...new Set([...gone.entities, ...fresh.entities.keys()])]
  const pairs = new Map<string, Pair>()
  for (const pair of gone.relations) pairs.set(pairKey(pair), pair)
  for (const [key, fragments] of fresh.relations) {
    if (isSliceOver()) await nextTurn()
    const first = fragments[0]
    if (first) pairs.set(key, [first.source, first.target])
  }
  const mostOfEntity = settings.maxSourceIdsPerEntity
  const mostOfPair = settings.maxSourceIdsPerRelation
  const oldEntities = await store.searches.entityFragments(names, removed, mostOfEntity)
  await yieldIfDue()
  const oldRelations = await store.searches.relationFragments(
    [...pairs.values()],
    removed,
    mostOfPair,
  )
  await yieldIfDue()
  const overrides = await store.graph.overrides(names, [...pairs.values()])
  const entities = new Map<string, StoredEntityFragment[]>()
  for (const name of names) {
    await yieldIfDue()
    entities.set(name, together(oldEntities.get(name), fresh.entities.get(name), mostOfEntity))
  }
  const relations = new Map<string, { pair: Pair; fragments: StoredRelationFragment[] }>()
  for (const [key, pair] of pairs) {
    await yieldIfDue()
    const fragments = together(oldRelations.get(key), fresh.relations.get(key), mostOfPair)
    relations.set(key, { pair, fragments })
  }
  const touched = { entities, relations, overrides, mayLeavePending: publication === null }
  const rebuilt = await rebuildItems(parts, touched, options)
  return {
    removes,
    publishes: publication && {
      documentId: publication.document.id,
      revision: publication.document.revision,
      owner: publication.owner,
      chunks: publication.chunks,
      metadata: publication.metadata,
    },
    ...rebuilt,
    edit: { ...NO_EDIT, ...endedOverrides(rebuilt, overrides) },
  }
}

/** What a person said of an entity or relation goes with it. */
function endedOverrides(
  { deadEntities, deadRelations }: Pick<Change, 'deadEntities' | 'deadRelations'>,
  overrides: Overrides,
) {
  return {
    overrideEntities: deadEntities
      .filter((name) => overrides.entities.has(name))
      .map((name) => ({ name, override: null })),
    overrideRelations: deadRelations
      .filter((pair) => overrides.relations.has(pairKey(pair)))
      .map((pair) => ({ pair, override: null })),
  }
}

interface Fragments {
  readonly entities: ReadonlyMap<string, StoredEntityFragment[]>
  readonly relations: ReadonlyMap<string, StoredRelationFragment[]>
}
const NOTHING: Fragments = { entities: new Map(), relations: new Map() }

/** The fragments of a publication, as the store will give them back. */
async function freshFragments({ document, chunks }: Publication): Promise<Fragments> {
  const entities = new Map<string, StoredEntityFragment[]>()
  const relations = new Map<string, StoredRelationFragment[]>()
  for (const chunk of chunks) {
    await yieldIfDue()
    const origin = {
      documentId: document.id,
      filePath: document.filePath,
      chunkId: chunk.id,
      ordinal: chunk.ordinal,
      createdAt: document.createdAt,
    }
    // One chunk may speak of as much as a whole graph.
    for (const [position, entity] of chunk.entities.entries()) {
      if (isSliceOver()) await nextTurn()
      push(entities, entity.name, { ...entity, ...origin, position })
    }
    for (const [position, relation] of chunk.relations.entries()) {
      if (isSliceOver()) await nextTurn()
      const key = pairKey([relation.source, relation.target])
      push(relations, key, { ...relation, ...origin, position })
    }
  }
  return { entities, relations }
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}

/** The first `limit` of both in canonical order; `old` holds the first `limit` of its own. */
export function together<T extends Parameters<typeof byOrigin>[0]>(
  old: readonly T[] | undefined,
  fresh: readonly T[] | undefined,
  limit: number,
): T[] {
  if (!fresh) return [...(old ?? [])]
  return [...(old ?? []), ...fresh].sort(byOrigin).slice(0, limit)
}
