import type { Connection } from './connection.ts'

/** Of a workspace that is hardly asked. */
export const SMALL_CACHE_KIB = 512
/** Of one that is asked again and again: else most of what a question reads is read from the file. */
const LARGE_CACHE_KIB = 4096
const MANY_QUESTIONS = 25

/** SQLite's own cache of one connection, which grows when many questions come. */
export class PageCache {
  readonly #connection: Connection
  #questions = 0
  #bytes = SMALL_CACHE_KIB * 1024

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** The most that it can hold. */
  get bytes(): number {
    return this.#bytes
  }

  noteQuestion(): void {
    this.#questions += 1
    if (this.#questions % MANY_QUESTIONS !== 0) return
    if (this.#questions === MANY_QUESTIONS) {
      this.#connection.pragma(`cache_size = -${LARGE_CACHE_KIB}`)
    }
    const pages = this.#connection.pragma<number>('page_count')
    const pageBytes = this.#connection.pragma<number>('page_size')
    this.#bytes = Math.min(LARGE_CACHE_KIB * 1024, pages * pageBytes)
  }
}
