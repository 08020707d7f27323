import type { GraphStore } from '../../ports/graph-store.ts'
import type { Key, StoredEntity, StoredRelation } from '../../ports/stored-rows.ts'
import { yieldAheadIfDue } from '../../work/turns.ts'

/** The part of a store that an export reads. */
export type GraphPages = Pick<GraphStore, 'entitiesAfter' | 'relationsAfter'>

/** Rows read at a time. */
const PAGE_ROWS = 200
/** The entities of a graph, then its relations, as a format reads them: each once, in order. */
export interface GraphRows {
  entities(): AsyncIterable<StoredEntity>
  /** Those between entities that were handed out. */
  relations(): AsyncIterable<StoredRelation>
}

export function graphRows(store: GraphPages, signal?: AbortSignal): GraphRows {
  const shown = new Set<Key>()
  return {
    async *entities() {
      for await (const entity of each(signal, (after) => store.entitiesAfter(after, PAGE_ROWS))) {
        shown.add(entity.key)
        yield entity
      }
    },
    async *relations() {
      for await (const relation of each(signal, (after) =>
        store.relationsAfter(after, PAGE_ROWS),
      )) {
        // An entity that came since then would be an end without a node.
        if (shown.has(relation.sourceKey) && shown.has(relation.targetKey)) yield relation
      }
    },
  }
}

async function* each<Row extends { readonly key: Key }>(
  signal: AbortSignal | undefined,
  pageAfter: (key: Key) => Promise<readonly Row[]>,
): AsyncGenerator<Row> {
  let after = 0
  for (;;) {
    signal?.throwIfAborted()
    const page = await pageAfter(after)
    for (const row of page) {
      // A reader who takes all at once would else hold everybody until the file is whole.
      await yieldAheadIfDue()
      yield row
    }
    const last = page.at(-1)
    if (last === undefined) return
    after = last.key
  }
}
