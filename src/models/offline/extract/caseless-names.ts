import { segmentsOf } from '../segments.ts'
import type { NameSpan } from './capitalised-names.ts'
import type { Sentence } from './sentences.ts'

const CASELESS = /[\p{sc=Han}\p{sc=Katakana}\p{sc=Hiragana}\p{sc=Hangul}]/u
let segmenter: Intl.Segmenter | undefined

/** In scripts without capitals: words of two or more signs that are no mere grammar. */
export function caselessNames(text: string, sentence: Sentence): NameSpan[] {
  const line = text.slice(sentence.start, sentence.end)
  if (!CASELESS.test(line)) return []
  segmenter ??= new Intl.Segmenter('zh', { granularity: 'word' })
  const found: NameSpan[] = []
  for (const { segment, index, isWordLike } of segmentsOf(segmenter, line)) {
    if (!isWordLike || segment.length < 2 || !CASELESS.test(segment)) continue
    if (/^\p{sc=Hiragana}+$/u.test(segment)) continue
    const start = sentence.start + index
    found.push({
      name: segment,
      start,
      end: start + segment.length,
      certain: true,
    })
  }
  return found
}
