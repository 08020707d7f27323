import type { Connection } from '../database/connection.ts'

/**
 * Which documents are on their way: those that one call takes in by more than one transaction. Nobody
 * sees them before they are all there. One call at a time does so, and nobody else takes any in then.
 */
export class ArrivingDocuments {
  readonly #connection: Connection
  #first: number | null

  constructor(connection: Connection) {
    this.#connection = connection
    this.#first = this.#stored()
  }

  /** The `seq` of the first; null when none is on its way. A crash does not forget it. */
  get first(): number | null {
    return this.#first
  }

  /** More for the condition of a query over `documents`, that leaves them out. */
  get excluded(): string {
    return this.#first === null ? '' : ' AND seq < (SELECT first FROM arriving)'
  }

  /** Part of the transaction that takes the first in. */
  begin(first: number): void {
    this.#connection.run('INSERT INTO arriving (id, first) VALUES (1, ?)', first)
  }

  /** Part of the transaction after which they are there, or gone. */
  end(): void {
    this.#connection.run('DELETE FROM arriving')
  }

  /** To be called when a transaction with one of the two has ended, in whichever way. */
  noteEnd(): void {
    this.#first = this.#stored()
  }

  #stored(): number | null {
    const sql = 'SELECT first FROM arriving'
    return this.#connection.get<{ first: number }>(sql)?.first ?? null
  }
}
