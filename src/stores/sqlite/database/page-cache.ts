import type { Connection } from './connection.ts'

/** Of a workspace that is hardly used. */
export const SMALL_CACHE_KIB = 512
/** Of one that is used again and again: else most of what a question reads is read from the file. */
const LARGE_CACHE_KIB = 8192
const MANY_USES = 25

/** SQLite's own cache of one connection, which grows with use. */
export class PageCache {
  readonly #connection: Connection
  #uses = 0
  #bytes = SMALL_CACHE_KIB * 1024

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** The most that it can hold. */
  get bytes(): number {
    return this.#bytes
  }

  /** A question, or a document that comes in. */
  noteUse(): void {
    this.#uses += 1
    if (this.#uses % MANY_USES !== 0) return
    if (this.#uses === MANY_USES) {
      this.#connection.pragma(`cache_size = -${LARGE_CACHE_KIB}`)
    }
    const pages = this.#connection.pragma<number>('page_count')
    const pageBytes = this.#connection.pragma<number>('page_size')
    this.#bytes = Math.min(LARGE_CACHE_KIB * 1024, pages * pageBytes)
  }
}
