import type { Store } from '../../src/engine/ports/store.ts'

/** A store of which some parts stand in for its own. */
export function withParts(store: Store, parts: Partial<Store>): Store {
  return {
    queue: store.queue,
    documents: store.documents,
    graph: store.graph,
    searches: store.searches,
    cache: store.cache,
    isExclusive: store.isExclusive,
    counts: () => store.counts(),
    dataVersion: () => store.dataVersion(),
    bytes: () => store.bytes(),
    close: () => store.close(),
    ...parts,
  }
}
