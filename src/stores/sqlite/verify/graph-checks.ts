import { NO_CHUNK } from '../database/schema.ts'
import { fragmentSeen, type RowCheck, seen } from './row-check.ts'

/** Of how many fragments a weight is the sum; beyond, only some of them count. */
const ALL_COUNT = 300

const fragmentsOf = (kind: 'entity' | 'relation', condition: string) =>
  `SELECT 1 FROM ${kind}_fragments f JOIN chunks c ON c.label = f.chunk
   WHERE ${condition} AND ${fragmentSeen('f', 'c')}`

const relationsAt = (entity: string) =>
  `SELECT 1 FROM relation_pairs p JOIN relations r ON r.pair = p.id
   WHERE (p.source = ${entity} OR p.target = ${entity}) AND ${seen('r')}`

const sourceUnknown = (kind: 'entity' | 'relation', rows: string, key: string) =>
  `SELECT DISTINCT i.${key} AS id FROM ${rows} i, json_each(i.source_ids) s
   WHERE ${seen('i')} AND EXISTS (${fragmentsOf(kind, `f.${key} = i.${key}`)})
     AND NOT EXISTS (${fragmentsOf(kind, `f.${key} = i.${key} AND c.id = s.value`)})
     AND NOT EXISTS (${fragmentsOf(kind, `f.${key} = i.${key} AND f.source_id = s.value`)})`

/** Entities and relations are a function of their fragments. */
export const GRAPH_CHECKS: readonly RowCheck[] = [
  wrong(
    'entities are visible of which nothing speaks',
    `
    SELECT n.name AS id FROM entities e JOIN entity_names n ON n.id = e.entity
    WHERE ${seen('e')} AND NOT EXISTS (${fragmentsOf('entity', 'f.entity = e.entity')})
      AND NOT EXISTS (${relationsAt('e.entity')})`,
  ),
  wrong(
    'entities are missing of which fragments speak',
    `
    SELECT DISTINCT f.entity AS id FROM entity_fragments f JOIN chunks c ON c.label = f.chunk
    WHERE ${fragmentSeen('f', 'c')}
      AND NOT EXISTS (SELECT 1 FROM entities e WHERE e.entity = f.entity AND ${seen('e')})`,
  ),
  wrong(
    'relations are visible of which nothing speaks',
    `
    SELECT r.pair AS id FROM relations r
    WHERE ${seen('r')} AND NOT EXISTS (${fragmentsOf('relation', 'f.pair = r.pair')})`,
  ),
  wrong(
    'relations are missing of which fragments speak',
    `
    SELECT DISTINCT f.pair AS id FROM relation_fragments f JOIN chunks c ON c.label = f.chunk
    WHERE ${fragmentSeen('f', 'c')}
      AND NOT EXISTS (SELECT 1 FROM relations r WHERE r.pair = f.pair AND ${seen('r')})`,
  ),
  wrong(
    'relations lack an entity at one end',
    `
    SELECT r.pair AS id FROM relations r JOIN relation_pairs p ON p.id = r.pair
    WHERE ${seen('r')} AND (
      NOT EXISTS (SELECT 1 FROM entities e WHERE e.entity = p.source AND ${seen('e')})
      OR NOT EXISTS (SELECT 1 FROM entities e WHERE e.entity = p.target AND ${seen('e')}))`,
  ),
  wrong(
    'entities name a source that does not speak of them',
    sourceUnknown('entity', 'entities', 'entity'),
  ),
  wrong(
    'relations name a source that does not speak of them',
    sourceUnknown('relation', 'relations', 'pair'),
  ),
  wrong(
    'entities count their sources wrongly',
    `
    SELECT e.entity AS id FROM entities e
    WHERE ${seen('e')} AND e.spread <> json_array_length(e.source_ids)`,
  ),
  wrong(
    'relations weigh something else than their fragments together',
    `
    SELECT r.pair AS id FROM relations r JOIN relation_pairs p ON p.id = r.pair
      JOIN entity_names a ON a.id = p.source JOIN entity_names b ON b.id = p.target
      JOIN relation_fragments f ON f.pair = r.pair JOIN chunks c ON c.label = f.chunk
      LEFT JOIN relation_overrides o ON o.source = a.name AND o.target = b.name
    WHERE ${seen('r')} AND ${fragmentSeen('f', 'c')} AND o.override IS NULL
    GROUP BY r.label
    HAVING count(*) <= ${ALL_COUNT}
      AND abs(r.weight - sum(f.weight)) > 1e-6 * max(1, abs(r.weight))`,
  ),
  wrong(
    'documents have fragments without a chunk',
    `
    SELECT f.id FROM entity_fragments f WHERE f.chunk = ${NO_CHUNK} AND f.document <> 0`,
  ),
]

function wrong(says: string, sql: string): RowCheck {
  return { check: 'graph', says, sql }
}
