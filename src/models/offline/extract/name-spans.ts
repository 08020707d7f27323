import { type NameSpan, namesIn } from './capitalised-names.ts'
import { caselessNames } from './caseless-names.ts'
import type { Sentence } from './sentences.ts'
import { splitSpeaker } from './utterances.ts'

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
