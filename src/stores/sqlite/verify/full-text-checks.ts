import { NO_CHUNK } from '../database/schema.ts'
import { fragmentSeen, type RowCheck, seen } from './row-check.ts'

/** The full-text indexes against what they index; each keeps one row an entry in `…_docsize`. */
export const FULL_TEXT_CHECKS: readonly RowCheck[] = [
  wrong(
    'visible chunks are not in the full-text index',
    `
    SELECT c.label AS id FROM chunks c LEFT JOIN chunk_index_docsize i ON i.id = c.label
    WHERE c.label <> ${NO_CHUNK} AND ${seen('c')} AND i.id IS NULL`,
  ),
  wrong(
    'entries of the full-text index belong to no chunk',
    `
    SELECT i.id FROM chunk_index_docsize i LEFT JOIN chunks c ON c.label = i.id
    WHERE c.label IS NULL`,
  ),
  wrong(
    'names are not in the full-text index',
    `
    SELECT n.name AS id FROM entity_names n LEFT JOIN entity_index_docsize i ON i.id = n.id
    WHERE i.id IS NULL`,
  ),
  wrong(
    'entries of the full-text index belong to no name',
    `
    SELECT i.id FROM entity_index_docsize i LEFT JOIN entity_names n ON n.id = i.id
    WHERE n.id IS NULL`,
  ),
  wrong(
    'entries of the full-text index belong to no relation fragment',
    `
    SELECT i.id FROM relation_index_docsize i LEFT JOIN relation_fragments f ON f.id = i.id
    WHERE f.id IS NULL`,
  ),
  {
    check: 'full-text',
    // An edit by hand may have ended the one fragment that stood for several of the same words.
    level: 'note',
    says: 'chunks have descriptions of relations that are not in the full-text index',
    sql: `
      SELECT DISTINCT f.chunk AS id FROM relation_fragments f JOIN chunks c ON c.label = f.chunk
      WHERE f.chunk <> ${NO_CHUNK} AND ${fragmentSeen('f', 'c')} AND NOT EXISTS (
        SELECT 1 FROM relation_fragments g JOIN relation_index_docsize i ON i.id = g.id
        WHERE g.chunk = f.chunk AND g.description = f.description)`,
  },
]

function wrong(says: string, sql: string): RowCheck {
  return { check: 'full-text', says, sql }
}
