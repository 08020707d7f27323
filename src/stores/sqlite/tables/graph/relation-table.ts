import type { RelationState } from '../../../../engine/ports/change.ts'
import type { RelationTie } from '../../../../engine/ports/searches.ts'
import type { Key, StoredRelation } from '../../../../engine/ports/stored-rows.ts'
import { type Connection, LIMIT } from '../../database/connection.ts'
import { type Generation, NEVER, visible } from '../../database/visibility.ts'
import { GraphTable } from './graph-table.ts'

type Columns = readonly [
  key: Key,
  sourceKey: Key,
  targetKey: Key,
  source: string,
  target: string,
  keywords: string,
  description: string,
  weight: number,
  sourceIds: string,
  filePaths: string,
  createdAt: number,
  tokens: number,
  owed: number,
]

// Made once: a text that is put together anew at each call costs as much as a small statement.
const STAGE = `INSERT INTO relations (pair, born, died, owed, keywords, description, weight, source_ids,
    file_paths, created_at, tokens)
  VALUES (?, ?, ${NEVER}, ?, ?, ?, ?, ?, ?, ?, ?)`
const READ = `SELECT r.pair, p.source, p.target, s.name, t.name, r.keywords, r.description, r.weight,
    r.source_ids, r.file_paths, r.created_at, r.tokens, r.owed
  FROM json_each(?) k CROSS JOIN relations r ON r.pair = k.value
    CROSS JOIN relation_pairs p ON p.id = r.pair
    CROSS JOIN entity_names s ON s.id = p.source
    CROSS JOIN entity_names t ON t.id = p.target
  WHERE ${visible('r')}`
const TIES_AFTER = `SELECT r.pair, p.source, p.target, r.weight
  FROM relations r CROSS JOIN relation_pairs p ON p.id = r.pair
  WHERE r.pair > ? AND ${visible('r')} ORDER BY r.pair ${LIMIT}`

/** What relations are, a row for each version. */
export class RelationTable extends GraphTable {
  constructor(connection: Connection, generation: Generation) {
    super(connection, generation, 'relations', 'pair')
  }

  /** Writes a version for the next generation, its vector pending or about to be written. */
  stage(key: Key, state: RelationState, isPending: boolean): number {
    return this.connection.insert(
      STAGE,
      key,
      this.generation.current + 1,
      isPending ? 1 : 0,
      state.keywords,
      state.description,
      state.weight,
      JSON.stringify(state.sourceIds),
      JSON.stringify(state.filePaths),
      state.createdAt,
      state.tokens,
    )
  }

  /** The visible ones of these keys, in any order. */
  read(keys: readonly Key[]): StoredRelation[] {
    const { current } = this.generation
    const rows = this.connection.rows<Columns>(READ, JSON.stringify(keys), current, current)
    return rows.map(rowOf)
  }

  /** Visible relations after a key, as edges. */
  tiesAfter(key: Key, limit: number): RelationTie[] {
    const { current } = this.generation
    return this.connection
      .rows<TieColumns>(TIES_AFTER, key, current, current, limit)
      .map(relationTie)
  }
}

function rowOf([
  key,
  sourceKey,
  targetKey,
  source,
  target,
  keywords,
  description,
  weight,
  sourceIds,
  filePaths,
  createdAt,
  tokens,
  isPending,
]: Columns): StoredRelation {
  return {
    key,
    sourceKey,
    targetKey,
    source,
    target,
    keywords,
    description,
    weight,
    sourceIds: JSON.parse(sourceIds) as string[],
    filePaths: JSON.parse(filePaths) as string[],
    createdAt,
    tokens,
    embeddingPending: isPending === 1,
  }
}

/** Of a row of `relations` and its pair, in this order. */
export type TieColumns = readonly [key: Key, source: Key, target: Key, weight: number]

export function relationTie([key, source, target, weight]: TieColumns): RelationTie {
  return { key, source, target, weight }
}
