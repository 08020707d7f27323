import type { Hit } from '../../../engine/ports/searches.ts'
import type { Key } from '../../../engine/ports/stored-rows.ts'
import { lengthOf, type PostingList } from './posting-lists.ts'

/** How much is left of a score by the share of the words that an entry has: its square root. */
const EXPONENT = 0.5

/**
 * Hits scored anew by how much of a question they cover. BM25 adds up what words are worth, so one rare word
 * said often outweighs all of the question said once.
 *
 * @param hits best first
 * @param lists the entries of each word of the question; null for a word that too many have, which is
 *   taken to be in all
 * @param entries how many the index has
 */
export function byCoverage(
  hits: readonly Hit[],
  lists: readonly (PostingList | null)[],
  entries: number,
): Hit[] {
  const covered = new Map<Key, number>(hits.map(({ key }) => [key, 0]))
  let all = 0
  for (const list of lists) {
    if (list === null || lengthOf(list) === 0) continue
    const worth = rarity(lengthOf(list), entries)
    all += worth
    // Written out: a generator takes several times as long.
    for (let at = 0; at < list.length; at += 2) {
      const key = list[at] ?? 0
      const sum = covered.get(key)
      if (sum !== undefined) covered.set(key, sum + worth)
    }
  }
  if (all === 0) return [...hits]
  return hits
    .map(({ key, score }) => ({
      key,
      score: score * ((covered.get(key) ?? 0) / all) ** EXPONENT,
    }))
    .sort((a, b) => b.score - a.score || a.key - b.key)
}

/** As BM25 has it. */
function rarity(matches: number, entries: number): number {
  return Math.log(1 + Math.max(0, entries - matches + 0.5) / (matches + 0.5))
}
