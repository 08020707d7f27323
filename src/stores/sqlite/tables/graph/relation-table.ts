import type { RelationState } from '../../../../engine/ports/change.ts'
import type { RelationTie } from '../../../../engine/ports/searches.ts'
import type { Key, StoredRelation } from '../../../../engine/ports/stored-rows.ts'
import type { Connection } from '../../database/connection.ts'
import { LIMIT } from '../../database/limit.ts'
import { type Generation, NEVER, visible } from '../../database/visibility.ts'
import { relationTie, type TieColumns } from './relation-tie.ts'

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
const KEYS_OF = `SELECT r.label, r.pair
  FROM json_each(?) k CROSS JOIN relations r ON r.label = k.value`
const TIES_AFTER = `SELECT r.pair, p.source, p.target, r.weight
  FROM relations r CROSS JOIN relation_pairs p ON p.id = r.pair
  WHERE r.pair > ? AND ${visible('r')} ORDER BY r.pair ${LIMIT}`
const LATEST = `SELECT label FROM relations WHERE pair = ? AND died = ${NEVER}`

/** What relations are, a row for each version. */
export class RelationTable {
  readonly #connection: Connection
  readonly #generation: Generation

  constructor(connection: Connection, generation: Generation) {
    this.#connection = connection
    this.#generation = generation
  }

  /** Writes a version for the next generation, its vector owed or about to be written; returns its label. */
  stage(key: Key, state: RelationState, owed: boolean): number {
    return this.#connection.insert(
      STAGE,
      key,
      this.#generation.current + 1,
      owed ? 1 : 0,
      state.keywords,
      state.description,
      state.weight,
      JSON.stringify(state.sourceIds),
      JSON.stringify(state.filePaths),
      state.createdAt,
      state.tokens,
    )
  }

  /** The version that nothing has superseded. */
  latest(key: Key): number | null {
    return this.#connection.get<{ label: number }>(LATEST, key)?.label ?? null
  }

  /** Removes a version; returns the key it stood under. */
  remove(label: number): Key | null {
    const sql = 'DELETE FROM relations WHERE label = ? RETURNING pair'
    return this.#connection.get<{ pair: Key }>(sql, label)?.pair ?? null
  }

  /** The visible ones of these keys, in any order. */
  read(keys: readonly Key[]): StoredRelation[] {
    const { current } = this.#generation
    const rows = this.#connection.rows<Columns>(READ, JSON.stringify(keys), current, current)
    return rows.map(rowOf)
  }

  visibleLabel(key: Key): number | null {
    const row = this.#connection.get<{ label: number }>(
      `SELECT r.label FROM relations r WHERE r.pair = ? AND ${visible('r')}`,
      key,
      this.#generation.current,
      this.#generation.current,
    )
    return row?.label ?? null
  }

  /** The keys under which labels stand; those of labels that are gone are left out. */
  keysOf(labels: readonly number[]): Map<number, Key> {
    return new Map(
      this.#connection.rows<[label: number, key: Key]>(KEYS_OF, JSON.stringify(labels)),
    )
  }

  /** Visible relations after a key, as edges. */
  tiesAfter(key: Key, limit: number): RelationTie[] {
    const { current } = this.#generation
    return this.#connection
      .rows<TieColumns>(TIES_AFTER, key, current, current, limit)
      .map(relationTie)
  }

  /** Visible keys after a key, in their order. */
  keysAfter(key: Key, limit: number): Key[] {
    return this.#connection
      .all<{ key: Key }>(
        `SELECT r.pair AS key FROM relations r WHERE r.pair > ? AND ${visible('r')}
         ORDER BY r.pair ${LIMIT}`,
        key,
        this.#generation.current,
        this.#generation.current,
        limit,
      )
      .map((row) => row.key)
  }

  /** Visible keys whose vector is owed, oldest version first. */
  owed(limit: number): Key[] {
    return this.#connection
      .all<{ pair: Key }>(
        `SELECT r.pair FROM relations r WHERE r.owed = 1 AND ${visible('r')}
         ORDER BY r.label ${LIMIT}`,
        this.#generation.current,
        this.#generation.current,
        limit,
      )
      .map((row) => row.pair)
  }

  /** Notes that the vector is there. */
  settle(label: number): void {
    this.#connection.run('UPDATE relations SET owed = 0 WHERE label = ?', label)
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
  owed,
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
    owed: owed === 1,
  }
}
