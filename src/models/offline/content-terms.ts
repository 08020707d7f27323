import { stemOf } from '../../engine/text/stem.ts'
import { STOP_WORDS } from '../../engine/text/stop-words.ts'
import { visibleText } from '../../engine/text/visible-text.ts'
import { segmentsOf } from './segments.ts'

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
  for (const match of visibleText(text.normalize('NFKC')).matchAll(TOKEN)) {
    if (match.groups?.cjk === undefined) words.push(match[0])
    else for (const part of segmentsOf(WORDS, match[0])) words.push(part.segment)
  }
  return words
}
