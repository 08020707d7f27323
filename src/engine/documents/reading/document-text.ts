import { EngineError } from '../../ports/engine-error.ts'
import type { Store } from '../../ports/store.ts'
import { notFound } from '../documents.ts'
import type { DocumentText, DocumentTextQuery } from './reading-calls.ts'

/** Of a part, in UTF-16 units. */
const LONGEST_PART = 65_536
/** Headings, and pages, of an answer. */
const MOST_MARKS = 5000

/**
 * A part of a document's text with what begins in it. A document that is not read yet has an empty
 * text, one that is not processed no headings and pages.
 *
 * @throws {EngineError} `document_not_found`; `invalid_argument` for a part that is too long, or none
 */
export async function documentText(
  { documents }: Pick<Store, 'documents'>,
  documentId: string,
  query: DocumentTextQuery,
): Promise<DocumentText> {
  const { from: asked = 0, to: until = asked + LONGEST_PART, outline = false } = query
  if (until < asked || until - asked > LONGEST_PART) {
    const message = `A part of a text goes from a place to one behind it, ${LONGEST_PART} units at most.`
    throw new EngineError('invalid_argument', message)
  }
  if (!(await documents.byId(documentId))) throw notFound(documentId)
  const part = (await documents.textPart(documentId, asked, until)) ?? NO_TEXT
  const { length, from, to, text } = part
  const [begin, end] = outline ? [0, length] : [from, to]
  const marks = await documents.outline(documentId, begin, end, MOST_MARKS)
  return {
    document_id: documentId,
    length,
    from,
    to,
    text,
    headings: marks.headings,
    pages: marks.pages,
    outline_truncated: marks.truncated,
  }
}

const NO_TEXT = { length: 0, from: 0, to: 0, text: '' }
