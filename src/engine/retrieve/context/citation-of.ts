import type { StoredChunk } from '../../ports/stored-rows.ts'
import { headingsAt, pageWithin, plainOutline } from '../../read/chunk-outline.ts'
import type { SentenceRange } from '../../text/sentence-ranges.ts'
import type { Citation } from '../query-calls.ts'

/** Where a passage stands, and the sentence in it that is meant: pages and headings are the sentence's. */
export function citationOf(chunk: StoredChunk, sentence: SentenceRange | undefined): Citation {
  const { id, documentId, ordinal, start, end, page } = chunk
  const outline = chunk.outline ?? plainOutline(chunk.headings)
  const { start: from, end: to } = sentence ?? { start: 0, end: end - start }
  return {
    chunk_id: id,
    document_id: documentId,
    ordinal,
    start,
    end,
    sentence: sentence === undefined ? null : { start: start + from, end: start + to },
    headings: headingsAt(outline, from),
    page: pageWithin(outline, page, from),
    end_page: pageWithin(outline, page, Math.max(from, to - 1)),
  }
}
