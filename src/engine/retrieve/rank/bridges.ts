import type { NamedEntity, Searches } from '../../ports/searches.ts'
import type { Key } from '../../ports/stored-rows.ts'
import { stemOf } from '../../text/stem.ts'
import { plainText, searchTerms, termsOf } from '../../text/terms.ts'

/** A bridge of which all the words asked for are said, against one of which none is. */
const SAID = 3
/** Words asked for; a pasted page names its subject early. */
const MOST_TERMS = 32

/** How strongly a passage leads to each entity that it names, 1 where nothing speaks for it; by passage. */
export type Bridges = ReadonlyMap<Key, ReadonlyMap<Key, number>>

/**
 * Weighs the names that some passages name by what they say of them: of a film's page the director is the
 * bridge when the question is after the director, and not the other twenty names.
 *
 * @param named what the question names; these words are no part of what it wants
 */
export async function bridgesOf(
  searches: Pick<Searches, 'saidInChunks'>,
  question: string,
  named: readonly NamedEntity[],
  passages: readonly Key[],
): Promise<Bridges> {
  const names = new Set(named.flatMap(({ nameKey }) => termsOf(nameKey)))
  const wanted = searchTerms(question)
    .filter((term) => !names.has(term))
    .slice(0, MOST_TERMS)
    .map(stemOf)
  const bridges = new Map<Key, Map<Key, number>>(passages.map((key) => [key, new Map()]))
  if (wanted.length === 0) return bridges
  for (const { chunk, entity, description } of await searches.saidInChunks(passages)) {
    const text = plainText(description)
    const said = wanted.filter((stem) => text.includes(stem)).length / wanted.length
    const own = bridges.get(chunk)
    own?.set(entity, Math.max(own.get(entity) ?? 1, 1 + SAID * said))
  }
  return bridges
}
