import type { Connection } from '../database/connection.ts'
import { type Generation, NEVER } from '../database/visibility.ts'

/** Vector ids read at a time. */
const PAGE_ROWS = 500

/** The life of versioned rows: staged, visible, superseded, dead. */
export class VersionedRows {
  readonly #connection: Connection
  readonly #generation: Generation
  readonly #table: 'chunks' | 'entities' | 'relations'

  constructor(
    connection: Connection,
    generation: Generation,
    table: 'chunks' | 'entities' | 'relations',
  ) {
    this.#connection = connection
    this.#generation = generation
    this.#table = table
  }

  /** Lets a row end with the next generation. */
  supersede(vectorId: number): void {
    const sql = `UPDATE ${this.#table} SET died = ? WHERE label = ?`
    this.#connection.run(sql, this.#generation.current + 1, vectorId)
  }

  /** Takes {@link supersede} back. */
  revive(vectorId: number): void {
    this.#connection.run(`UPDATE ${this.#table} SET died = ${NEVER} WHERE label = ?`, vectorId)
  }

  /** Some rows that were written for the next generation. They have the greatest vector ids of all. */
  staged(): number[] {
    return this.#vectorIds(
      `label > coalesce(
        (SELECT label FROM ${this.#table} WHERE born <= ? ORDER BY label DESC LIMIT 1), 0)`,
    )
  }

  /** Some rows that end with the next generation. */
  superseded(): number[] {
    return this.#vectorIds(`died < ${NEVER} AND died > ?`)
  }

  /** Some rows that nobody sees any more. */
  dead(): number[] {
    return this.#vectorIds(`died < ${NEVER} AND died <= ?`)
  }

  /** Some rows after a vector id that nothing has superseded. */
  alive(after: number): number[] {
    return this.#connection
      .all<{ label: number }>(
        `SELECT label FROM ${this.#table} WHERE label > ? AND died = ${NEVER}
         ORDER BY label LIMIT ${PAGE_ROWS}`,
        after,
      )
      .map((row) => row.label)
  }

  #vectorIds(condition: string): number[] {
    return this.#connection
      .all<{ label: number }>(
        `SELECT label FROM ${this.#table} WHERE ${condition} LIMIT ${PAGE_ROWS}`,
        this.#generation.current,
      )
      .map((row) => row.label)
  }
}
