import { NO_CHUNK } from '../database/schema.ts'
import { type RowCheck, seen } from './row-check.ts'

/** Rows that refer to rows which are not there. The schema declares no foreign keys. */
export const REFERENCE_CHECKS: readonly RowCheck[] = [
  lost(
    'visible chunks belong to no document',
    `
    SELECT c.label AS id FROM chunks c LEFT JOIN documents d ON d.seq = c.document
    WHERE c.label <> ${NO_CHUNK} AND ${seen('c')} AND d.seq IS NULL`,
  ),
  lost(
    'chunks have no text',
    `
    SELECT c.label AS id FROM chunks c LEFT JOIN chunk_texts t ON t.chunk = c.label
    WHERE c.label <> ${NO_CHUNK} AND t.chunk IS NULL`,
  ),
  lost(
    'texts belong to no chunk',
    `
    SELECT t.chunk AS id FROM chunk_texts t LEFT JOIN chunks c ON c.label = t.chunk
    WHERE c.label IS NULL`,
  ),
  ...(['entity', 'relation'] as const).flatMap((kind): RowCheck[] => [
    lost(
      `${kind} fragments belong to no chunk`,
      `
      SELECT f.id FROM ${kind}_fragments f LEFT JOIN chunks c ON c.label = f.chunk
      WHERE c.label IS NULL`,
    ),
    lost(
      `${kind} fragments name another document than their chunk`,
      `
      SELECT f.id FROM ${kind}_fragments f JOIN chunks c ON c.label = f.chunk
      WHERE f.chunk <> ${NO_CHUNK} AND f.document <> c.document`,
    ),
  ]),
  lost(
    'entity fragments have no name',
    `
    SELECT f.id FROM entity_fragments f LEFT JOIN entity_names n ON n.id = f.entity
    WHERE n.id IS NULL`,
  ),
  lost(
    'relation fragments have no pair',
    `
    SELECT f.id FROM relation_fragments f LEFT JOIN relation_pairs p ON p.id = f.pair
    WHERE p.id IS NULL`,
  ),
  lost(
    'entities have no name',
    `
    SELECT e.label AS id FROM entities e LEFT JOIN entity_names n ON n.id = e.entity
    WHERE n.id IS NULL`,
  ),
  lost(
    'relations have no pair',
    `
    SELECT r.label AS id FROM relations r LEFT JOIN relation_pairs p ON p.id = r.pair
    WHERE p.id IS NULL`,
  ),
  lost(
    'pairs lack a name',
    `
    SELECT p.id FROM relation_pairs p LEFT JOIN entity_names s ON s.id = p.source
      LEFT JOIN entity_names t ON t.id = p.target
    WHERE s.id IS NULL OR t.id IS NULL`,
  ),
  lost(
    'texts belong to no document',
    `
    SELECT t.document AS id FROM document_texts t LEFT JOIN documents d ON d.seq = t.document
    WHERE d.seq IS NULL AND t.document NOT IN (SELECT document FROM dead_texts)`,
  ),
  lost(
    'graphs belong to no document',
    `
    SELECT g.document AS id FROM custom_graphs g LEFT JOIN documents d ON d.seq = g.document
    WHERE d.seq IS NULL`,
  ),
  lost(
    'scheduled deletions name no document',
    `
    SELECT s.document AS id FROM scheduled_deletions s LEFT JOIN documents d ON d.seq = s.document
    WHERE d.seq IS NULL`,
  ),
  lost(
    'edits by hand name no entity',
    `
    SELECT o.name AS id FROM entity_overrides o WHERE NOT EXISTS (
      SELECT 1 FROM entity_names n JOIN entities e ON e.entity = n.id
      WHERE n.name = o.name AND ${seen('e')})`,
  ),
  lost(
    'edits by hand name no relation',
    `
    SELECT o.source || ' - ' || o.target AS id FROM relation_overrides o WHERE NOT EXISTS (
      SELECT 1 FROM relation_pairs p JOIN entity_names s ON s.id = p.source
        JOIN entity_names t ON t.id = p.target JOIN relations r ON r.pair = p.id
      WHERE s.name = o.source AND t.name = o.target AND ${seen('r')})`,
  ),
]

function lost(says: string, sql: string): RowCheck {
  return { check: 'references', says, sql }
}
