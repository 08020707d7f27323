import type { StoredChunk } from '../../ports/stored-rows.ts'
import { type SentenceRange, sentenceRanges } from '../../text/sentence-ranges.ts'

/** Of the rows that a store keeps between questions. */
const KNOWN = new WeakMap<StoredChunk, readonly SentenceRange[]>()

/** The sentences of a passage, cut once for each row. */
export function sentencesOf(chunk: StoredChunk): readonly SentenceRange[] {
  const known = KNOWN.get(chunk) ?? sentenceRanges(chunk.content)
  KNOWN.set(chunk, known)
  return known
}
