import type { Pair } from '../../../engine/ports/pair.ts'
import type { AllSearches, DocumentFilter } from '../../../engine/ports/searches.ts'
import type { Key } from '../../../engine/ports/stored-rows.ts'
import { type Calls, called } from '../calls.ts'
import type { Counters } from '../database/counters.ts'
import type { PageCache } from '../database/page-cache.ts'
import type { Generation } from '../database/visibility.ts'
import type { Tables } from '../tables/tables.ts'
import type { DocumentScopes } from './document-scopes.ts'
import { entityFragments, relationFragments } from './fragment-queries.ts'
import type { Retrieval } from './retrieval.ts'
import { ScopedSearches } from './scoped-searches.ts'
import type { WorkingGraph } from './working-graph.ts'

export interface SearchParts {
  readonly calls: Calls
  readonly tables: Tables
  readonly graph: WorkingGraph
  readonly generation: Generation
  readonly retrieval: Retrieval
  readonly scopes: DocumentScopes
  readonly counters: Counters
  readonly pageCache: PageCache
}

/** Searches over all documents, and over what a filter leaves of them. */
export function workspaceSearches(parts: SearchParts): AllSearches {
  const { calls, tables, graph, generation, retrieval, scopes, counters, pageCache } = parts
  const chunkCount = () => counters.chunks(generation.current)
  return {
    ...called(retrieval, calls.run),
    ...called(
      {
        matchEntities: (text: string, limit: number) => tables.fullText.entities(text, limit),
        matchRelations: (text: string, limit: number) => tables.fullText.relations(text, limit),
        relationsOf: (entityKeys: readonly Key[]) => graph.ties(entityKeys),
        entityFragments: (names: readonly string[], without: readonly string[], limit: number) =>
          entityFragments(tables, names, without, limit),
        relationFragments: (pairs: readonly Pair[], without: readonly string[], limit: number) =>
          relationFragments(tables, pairs, without, limit),
        chunkCount,
        within: async (filter: DocumentFilter | null) => {
          pageCache.noteUse()
          const scope = await scopes.of(filter)
          if (scope === null) return null
          const scoped = new ScopedSearches({ scope, tables, graph, retrieval, chunkCount })
          return called(scoped, calls.run)
        },
      },
      calls.run,
    ),
  }
}
