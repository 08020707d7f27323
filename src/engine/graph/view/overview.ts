import type { Store } from '../../ports/store.ts'
import { yieldAheadIfDue } from '../../work/turns.ts'
import { enabledSearches } from '../enabled-searches.ts'
import type { GraphOverviewQuery } from '../graph-calls.ts'
import { communitiesOf } from './communities.ts'
import { walkGraph } from './walk-graph.ts'

/** Of entities. */
const LARGEST_OVERVIEW = 75_000
/** Values written at a time: a millisecond at most. */
const VALUES_AT_ONCE = 1000

/**
 * The graph as columns of a JSON object, piece by piece: of which names and types, how many relations
 * and which community each entity has, and the edges between them. None of it holds the event loop.
 */
export async function* graphOverview(
  store: Pick<Store, 'searches' | 'dataVersion'>,
  { limit = LARGEST_OVERVIEW }: GraphOverviewQuery,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const version = await store.dataVersion()
  const searches = await enabledSearches(store)
  // One more than is shown tells whether there are others.
  const all = await searches.popularKeys(limit + 1)
  const graph = await walkGraph(searches, all.slice(0, limit), signal)
  const community = await communitiesOf(graph, signal)
  const heads = new Map<number, { readonly name: string; readonly type: string }>()
  for (let at = 0; at < graph.keys.length; at += VALUES_AT_ONCE) {
    await yieldAheadIfDue()
    signal?.throwIfAborted()
    const some = graph.keys.slice(at, at + VALUES_AT_ONCE)
    for (const { key, name, type } of await searches.entityHeads(some))
      heads.set(key, { name, type })
  }
  const types = new Map<string, number>()
  const typeOf = (key: number) => {
    const type = heads.get(key)?.type ?? ''
    const known = types.get(type) ?? types.size
    types.set(type, known)
    return known
  }
  yield encoded(`{"version":${version},"format":"columns","ids":`)
  yield* list(graph.keys, signal)
  yield encoded(',"names":')
  yield* list(graph.keys, signal, (key) => heads.get(key)?.name ?? '')
  yield encoded(',"types":{"idx":')
  yield* list(graph.keys, signal, typeOf)
  yield encoded(',"dict":')
  yield* list([...types.keys()], signal)
  yield encoded('},"degree":')
  yield* list(graph.degrees, signal)
  yield encoded(',"community":')
  yield* list(community, signal)
  yield encoded(',"edges":[')
  yield* list(graph.sources, signal)
  yield encoded(',')
  yield* list(graph.targets, signal)
  yield encoded(',')
  yield* list(graph.weights, signal, (weight) => Math.round(weight * 1000) / 1000)
  const truncated = all.length > limit
  yield encoded(`],"total_relations":${graph.relations},"truncated":${truncated}}`)
}

async function* list<T>(
  values: ArrayLike<T>,
  signal: AbortSignal | undefined,
  shown: (value: T) => unknown = (value) => value,
): AsyncGenerator<Uint8Array> {
  yield encoded('[')
  for (let from = 0; from < values.length; from += VALUES_AT_ONCE) {
    await yieldAheadIfDue()
    signal?.throwIfAborted()
    const some: unknown[] = []
    const end = Math.min(values.length, from + VALUES_AT_ONCE)
    for (let at = from; at < end; at++) some.push(shown(values[at] as T))
    yield encoded(`${from === 0 ? '' : ','}${JSON.stringify(some).slice(1, -1)}`)
  }
  yield encoded(']')
}

function encoded(text: string): Uint8Array {
  return Buffer.from(text)
}
