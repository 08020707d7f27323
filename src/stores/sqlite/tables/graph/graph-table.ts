import type { Key } from '../../../../engine/ports/stored-rows.ts'
import { type Connection, LIMIT } from '../../database/connection.ts'
import { type Generation, NEVER, visible } from '../../database/visibility.ts'

/** Made once: a text that is put together anew at each call costs as much as a small statement. */
function statements(table: string, column: string) {
  return {
    latest: `SELECT label FROM ${table} WHERE ${column} = ? AND died = ${NEVER}`,
    remove: `DELETE FROM ${table} WHERE label = ? RETURNING ${column} AS key`,
    visibleVectorId: `SELECT v.label FROM ${table} v WHERE v.${column} = ? AND ${visible('v')}`,
    keysOf: `SELECT v.label, v.${column}
      FROM json_each(?) k CROSS JOIN ${table} v ON v.label = k.value`,
    keysAfter: `SELECT v.${column} FROM ${table} v WHERE v.${column} > ? AND ${visible('v')}
      ORDER BY v.${column} ${LIMIT}`,
    pendingEmbeddings: `SELECT v.${column} FROM ${table} v WHERE v.owed = 1 AND ${visible('v')}
      ORDER BY v.label ${LIMIT}`,
    settle: `UPDATE ${table} SET owed = 0 WHERE label = ?`,
  }
}

/** What entities and relations have in common: a row for each version, under a key that stays. */
export class GraphTable {
  protected readonly connection: Connection
  protected readonly generation: Generation
  readonly #sql: ReturnType<typeof statements>

  /** @param column of the key */
  constructor(
    connection: Connection,
    generation: Generation,
    table: 'entities' | 'relations',
    column: 'entity' | 'pair',
  ) {
    this.connection = connection
    this.generation = generation
    this.#sql = statements(table, column)
  }

  /** The version that nothing has superseded. */
  latest(key: Key): number | null {
    return this.connection.get<{ label: number }>(this.#sql.latest, key)?.label ?? null
  }

  /** Removes a version; returns the key it stood under. */
  remove(vectorId: number): Key | null {
    return this.connection.get<{ key: Key }>(this.#sql.remove, vectorId)?.key ?? null
  }

  isVisible(key: Key): boolean {
    return this.visibleVectorId(key) !== null
  }

  visibleVectorId(key: Key): number | null {
    const { current } = this.generation
    const row = this.connection.get<{ label: number }>(
      this.#sql.visibleVectorId,
      key,
      current,
      current,
    )
    return row?.label ?? null
  }

  /** The keys under which vector ids stand; those of vector ids that are gone are left out. */
  keysOf(vectorIds: readonly number[]): Map<number, Key> {
    const rows = this.connection.rows<[label: number, key: Key]>(
      this.#sql.keysOf,
      JSON.stringify(vectorIds),
    )
    return new Map(rows)
  }

  /** Visible keys after a key, in their order. */
  keysAfter(key: Key, limit: number): Key[] {
    const { current } = this.generation
    const rows = this.connection.rows<[key: Key]>(this.#sql.keysAfter, key, current, current, limit)
    return rows.map(([next]) => next)
  }

  /** Visible keys whose embedding is pending, oldest version first. */
  pendingEmbeddings(limit: number): Key[] {
    const { current } = this.generation
    const rows = this.connection.rows<[key: Key]>(
      this.#sql.pendingEmbeddings,
      current,
      current,
      limit,
    )
    return rows.map(([key]) => key)
  }

  /** Notes that the vector is there. */
  settle(vectorId: number): void {
    this.connection.run(this.#sql.settle, vectorId)
  }
}
