import { DOC_STATUSES } from '../../../engine/ports/document-record.ts'
import { type RowCheck, seen } from './row-check.ts'

const STATUSES = DOC_STATUSES.map((status) => `'${status}'`).join(', ')

/** Documents against what is stored of them. */
export const DOCUMENT_CHECKS: readonly RowCheck[] = [
  wrong(
    'documents have an unknown status',
    `
    SELECT id FROM documents WHERE status NOT IN (${STATUSES})`,
  ),
  wrong(
    'documents have fields that are no JSON',
    `
    SELECT id FROM documents WHERE NOT (json_valid(metadata) AND json_valid(tags)
      AND json_valid(attributes) AND coalesce(json_valid(chunking), 1))`,
  ),
  wrong(
    'documents have neither a text nor a file',
    `
    SELECT d.id FROM documents d LEFT JOIN document_texts t ON t.document = d.seq
    WHERE t.document IS NULL AND d.stored_file IS NULL`,
  ),
  wrong(
    'processed documents have no text',
    `
    SELECT d.id FROM documents d LEFT JOIN document_texts t ON t.document = d.seq
    WHERE d.status = 'processed' AND t.document IS NULL AND d.stored_file IS NOT NULL`,
  ),
  wrong(
    'processed documents have another number of chunks than they say',
    `
    SELECT d.id FROM documents d WHERE d.status = 'processed' AND coalesce(d.chunks_count, -1) <> (
      SELECT count(*) FROM chunks c WHERE c.document = d.seq AND ${seen('c')})`,
  ),
]

function wrong(says: string, sql: string): RowCheck {
  return { check: 'documents', says, sql }
}
