import type { Change } from '../../../engine/ports/change.ts'
import type { GraphStore } from '../../../engine/ports/graph-store.ts'
import type { Pair } from '../../../engine/ports/pair.ts'
import type { Key } from '../../../engine/ports/stored-rows.ts'
import { Mutex } from '../../../engine/work/mutex.ts'
import { type Calls, called } from '../calls.ts'
import type { PageCache } from '../database/page-cache.ts'
import { footprint } from '../search/fragment-queries.ts'
import type { Retrieval } from '../search/retrieval.ts'
import type { Tables } from '../tables/tables.ts'
import type { FilledVector, Publisher } from './publisher.ts'
import type { Upkeep } from './upkeep.ts'

export interface GraphParts {
  readonly calls: Calls
  readonly tables: Tables
  readonly retrieval: Retrieval
  readonly publisher: Publisher
  /** Changes, of which there is one at a time. */
  readonly turns: Mutex
  readonly upkeep: Upkeep
  readonly pageCache: PageCache
}

/** The graph of a workspace, and what changes it. */
export function workspaceGraph(parts: GraphParts): GraphStore {
  const { calls, tables, retrieval, publisher, turns, upkeep, pageCache } = parts
  // No other process can have this workspace open.
  const sections = new Mutex()
  const reads = {
    footprint: (documentIds: readonly string[]) => footprint(tables, documentIds),
    overrides: (names: readonly string[], pairs: readonly Pair[]) =>
      tables.overrides.read(names, pairs),
    pendingEmbeddings: async (limit: number) => {
      const entities = await retrieval.entities(tables.entities.pendingEmbeddings(limit))
      const rest = limit - entities.length
      const relations = await retrieval.relations(tables.relations.pendingEmbeddings(rest))
      return { entities, relations }
    },
    entitiesAfter: (key: Key, limit: number) =>
      retrieval.entities(tables.entities.keysAfter(key, limit)),
    relationsAfter: (key: Key, limit: number) =>
      retrieval.relations(tables.relations.keysAfter(key, limit)),
  }
  const changes = {
    setVectors: (entities: readonly FilledVector[], relations: readonly FilledVector[]) =>
      turns.run(() => publisher.setVectors(entities, relations)),
    apply: (change: Change) => {
      pageCache.noteUse()
      return turns.run(() => publisher.apply(change))
    },
    clear: () => turns.run(() => publisher.clear()),
  }
  const { apply, clear, setVectors } = called(changes, calls.run)
  return {
    ...called(reads, calls.run),
    setVectors,
    exclusively: (section) => sections.run(section),
    apply: async (change) => {
      const published = await apply(change)
      await upkeep.sweepOn()
      return published
    },
    clear: async () => {
      await clear()
      await upkeep.sweepOn()
    },
  }
}
