import type { StoreCounts } from '../../../engine/ports/store.ts'
import type { Connection } from './connection.ts'

interface Counted extends Omit<StoreCounts, 'documents'> {
  readonly generation: number
}

/** What the row of the workspace counts of what is visible. */
export class Counters {
  readonly #connection: Connection
  /** As it was when it was last read. */
  #last: Counted

  constructor(connection: Connection) {
    this.#connection = connection
    this.#last = this.read()
  }

  read(): Counted {
    const sql = 'SELECT generation, chunks, entities, relations FROM workspace'
    const none = { generation: 0, chunks: 0, entities: 0, relations: 0 }
    return this.#connection.get(sql) ?? none
  }

  /** Read anew when another generation is published by now. */
  chunks(generation: number): number {
    if (this.#last.generation !== generation) this.#last = this.read()
    return this.#last.chunks
  }
}
