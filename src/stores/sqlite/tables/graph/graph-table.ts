import type { Key } from '../../../../engine/ports/stored-rows.ts'
import type { Connection } from '../../database/connection.ts'
import { LIMIT } from '../../database/limit.ts'
import { type Generation, NEVER, visible } from '../../database/visibility.ts'

/** Made once: a text that is put together anew at each call costs as much as a small statement. */
function statements(table: string, column: string) {
  return {
    latest: `SELECT label FROM ${table} WHERE ${column} = ? AND died = ${NEVER}`,
    remove: `DELETE FROM ${table} WHERE label = ? RETURNING ${column} AS key`,
    visibleLabel: `SELECT v.label FROM ${table} v WHERE v.${column} = ? AND ${visible('v')}`,
    keysOf: `SELECT v.label, v.${column}
      FROM json_each(?) k CROSS JOIN ${table} v ON v.label = k.value`,
    keysAfter: `SELECT v.${column} FROM ${table} v WHERE v.${column} > ? AND ${visible('v')}
      ORDER BY v.${column} ${LIMIT}`,
    owed: `SELECT v.${column} FROM ${table} v WHERE v.owed = 1 AND ${visible('v')}
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
  remove(label: number): Key | null {
    return this.connection.get<{ key: Key }>(this.#sql.remove, label)?.key ?? null
  }

  isVisible(key: Key): boolean {
    return this.visibleLabel(key) !== null
  }

  visibleLabel(key: Key): number | null {
    const { current } = this.generation
    const row = this.connection.get<{ label: number }>(
      this.#sql.visibleLabel,
      key,
      current,
      current,
    )
    return row?.label ?? null
  }

  /** The keys under which labels stand; those of labels that are gone are left out. */
  keysOf(labels: readonly number[]): Map<number, Key> {
    const rows = this.connection.rows<[label: number, key: Key]>(
      this.#sql.keysOf,
      JSON.stringify(labels),
    )
    return new Map(rows)
  }

  /** Visible keys after a key, in their order. */
  keysAfter(key: Key, limit: number): Key[] {
    const { current } = this.generation
    const rows = this.connection.rows<[key: Key]>(this.#sql.keysAfter, key, current, current, limit)
    return rows.map(([next]) => next)
  }

  /** Visible keys whose vector is owed, oldest version first. */
  owed(limit: number): Key[] {
    const { current } = this.generation
    const rows = this.connection.rows<[key: Key]>(this.#sql.owed, current, current, limit)
    return rows.map(([key]) => key)
  }

  /** Notes that the vector is there. */
  settle(label: number): void {
    this.connection.run(this.#sql.settle, label)
  }
}
