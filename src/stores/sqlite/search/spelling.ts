import { STOP_WORDS } from '../../../engine/text/stop-words.ts'
import { plainText } from '../../../engine/text/terms.ts'
import { inSlices } from '../../../vectors/slices.ts'
import type { FullTextSearch } from './full-text-search.ts'
import type { KeySet } from './key-set.ts'
import { nearWords } from './near-words.ts'

const WORD = /[\p{L}\p{N}\p{M}]+/gu
/** Of longer words there are too many near ones. */
const CORRECTABLE = /^[\p{L}\p{M}]{4,16}$/u
const UPPER_CASE = /^\p{Lu}{2}/u
const CAPITAL = /^\p{Lu}/u
/** In UTF-16 units, and in words. */
const LONGEST_QUESTION = 2_000
const MOST_WORDS = 32
/** Who asks with more words that no text has asks in another language, or of other things. */
const MOST_UNKNOWN = 2
/** Words that may be meant, among which the rest of the question decides. */
const MOST_MEANT = 6
/** The same before it is asked whether the question may see them. */
const MOST_INDEXED = 24
/** Words of which it is remembered what they may mean: many questions say them again. */
const MOST_REMEMBERED = 500

/**
 * A question with the words that no passage has, in whatever form, replaced by words that some passage has
 * and that differ from them by one slip. Of several the one that fits the rest of the question is taken.
 * Looks up a bounded number of words, however large the vocabulary is.
 *
 * @param documents row ids of those that count; null for all
 */
export async function respelled(
  fullText: FullTextSearch,
  question: string,
  documents: KeySet | null,
): Promise<string> {
  const words = new Set(question.slice(0, LONGEST_QUESTION).match(WORD) ?? [])
  const asked = [...words].filter(isCorrectable).slice(0, MOST_WORDS)
  const unknown = asked.filter((word) => !fullText.isKnown(word, documents))
  if (unknown.length === 0 || unknown.length > MOST_UNKNOWN) return question
  const meant = new Map<string, string>()
  for (const word of unknown) {
    const found = await knownNear(fullText, word, documents)
    const rest = [...words].filter((other) => !unknown.includes(other)).join(' ')
    const best = bestOf(fullText, found, rest, documents)
    if (best !== undefined) meant.set(word, inCaseOf(word, best))
  }
  return question.replace(WORD, (word) => meant.get(word) ?? word)
}

function isCorrectable(word: string): boolean {
  return CORRECTABLE.test(word) && !STOP_WORDS.has(plainText(word))
}

async function knownNear(
  fullText: FullTextSearch,
  word: string,
  documents: KeySet | null,
): Promise<string[]> {
  const plain = plainText(word)
  const indexed = fullText.spellings.get(plain) ?? (await indexedNear(fullText, plain))
  return indexed.filter((near) => fullText.isKnown(near, documents)).slice(0, MOST_MEANT)
}

async function indexedNear(fullText: FullTextSearch, word: string): Promise<string[]> {
  const { spellings } = fullText
  const found: string[] = []
  await inSlices(
    (function* () {
      for (const near of nearWords(word)) {
        if (fullText.isIndexed(near)) found.push(near)
        yield
        if (found.length === MOST_INDEXED) return
      }
    })(),
  )
  if (spellings.size < MOST_REMEMBERED) spellings.set(word, found)
  return found
}

/** The word with which the best passage for the whole question is found. */
function bestOf(
  fullText: FullTextSearch,
  found: readonly string[],
  rest: string,
  documents: KeySet | null,
): string | undefined {
  let [best] = found
  if (found.length < 2) return best
  let most = 0
  for (const word of found) {
    const [hit] = fullText.chunks(`${word} ${rest}`, 1, documents)
    if ((hit?.score ?? 0) <= most) continue
    most = hit?.score ?? 0
    best = word
  }
  return best
}

function inCaseOf(pattern: string, word: string): string {
  if (UPPER_CASE.test(pattern)) return word.toUpperCase()
  return CAPITAL.test(pattern) ? word.charAt(0).toUpperCase() + word.slice(1) : word
}
