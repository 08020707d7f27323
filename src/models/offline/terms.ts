import { STOP_WORDS } from '../../engine/stop-words.ts'

/** A word of a text with what is needed to compare it. */
export interface Term {
  /** As it stands in the text. */
  readonly word: string
  /** Lower case, without common endings. */
  readonly stem: string
}

const WORDS = new Intl.Segmenter('und', { granularity: 'word' })
const CJK_RUN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\u30fc]+/u
const TOKEN = new RegExp(
  `(?<cjk>${CJK_RUN.source})|[\\p{L}\\p{N}\\p{M}]+(?:['\u2019.&-][\\p{L}\\p{N}]+)*`,
  'gu',
)

/** The words that carry matter, in order. Scripts without spaces are cut by their dictionary. */
export function contentTerms(text: string): Term[] {
  return wordsOf(text)
    .map((word) => ({ word, stem: stemOf(word) }))
    .filter(({ word, stem }) => stem !== '' && !STOP_WORDS.has(word.toLowerCase()))
}

/** All words, in order. */
export function wordsOf(text: string): string[] {
  const words: string[] = []
  for (const match of text.normalize('NFKC').matchAll(TOKEN)) {
    if (match.groups?.cjk === undefined) words.push(match[0])
    else for (const part of WORDS.segment(match[0])) words.push(part.segment)
  }
  return words
}

/** Enough of a stemmer that a plural or a past tense finds its word. */
export function stemOf(word: string): string {
  const lower = word.toLowerCase().replace(/['\u2019]s?$/, '')
  if (lower.length <= 3 || !/^[a-z]+$/.test(lower)) return lower
  const bare = lower
    .replace(/ies$/, 'y')
    .replace(/(?<=ss|x|ch|sh)es$/, '')
    .replace(/(?<=[^su])s$/, '')
  const cut = bare.replace(/(?<=[a-z]{3})(?:ing|ed|ly)$/, '')
  // The doubled consonant of `planned`, and the silent e that `pruning` lost.
  return cut.replace(/([b-df-hj-km-np-rtv-z])\1$/, '$1').replace(/(?<=[a-z]{3})e$/, '')
}
