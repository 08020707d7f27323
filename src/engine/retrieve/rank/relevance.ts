import type { Hit, NamedEntity, Searches } from '../../ports/searches.ts'
import type { Key } from '../../ports/stored-rows.ts'
import { searchTerms, termsOf } from '../../text/terms.ts'
import { POOL } from '../search.ts'

/**
 * How well chunks fit what a question says beside its names, from 0 to 1. The passage on the far
 * side of a bridge holds these words; the names have led to the near side already.
 */
export async function relevanceBeside(
  store: Pick<Searches, 'matchChunks'>,
  query: string,
  named: readonly NamedEntity[],
): Promise<Map<Key, number>> {
  const names = new Set(named.flatMap(({ nameKey }) => termsOf(nameKey)))
  const rest = searchTerms(query).filter((term) => !names.has(term))
  if (rest.length === 0) return new Map()
  return relative(await store.matchChunks(rest.join(' '), 4 * POOL))
}

function relative(hits: readonly Hit[]): Map<Key, number> {
  const best = hits[0]?.score ?? 0
  return new Map(hits.map(({ key, score }) => [key, best > 0 ? score / best : 0]))
}
