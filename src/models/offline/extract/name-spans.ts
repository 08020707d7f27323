import { segmentsOf } from '../segments.ts'
import { type NameSpan, namesIn } from './capitalised-names.ts'
import type { Sentence } from './sentences.ts'
import { splitSpeaker } from './utterances.ts'

const CASELESS = /[\p{sc=Han}\p{sc=Katakana}\p{sc=Hiragana}\p{sc=Hangul}]/u
let segmenter: Intl.Segmenter | undefined

/** Everything in a sentence that may be a name, in any script. */
export function nameSpans(text: string, sentence: Sentence): NameSpan[] {
  const found = [...namesIn(text, sentence), ...caselessNames(text, sentence)]
  return found.flatMap(splitSpeaker).flatMap(withParts)
}

/** "Bank of the West" names the West too; "Osh Province of Kyrgyzstan" both its sides. */
function withParts(span: NameSpan): NameSpan[] {
  const pieces = span.name.split(/ of (?:the )?/)
  if (pieces.length === 1) return [span]
  const parts = pieces.filter(
    (piece, at) => /^\p{Lu}/u.test(piece) && (at > 0 || piece.includes(' ')),
  )
  return [span, ...parts.map((name) => ({ ...span, name, certain: true }))]
}

/** In scripts without capitals: words of two or more signs that are no mere grammar. */
function caselessNames(text: string, sentence: Sentence): NameSpan[] {
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
