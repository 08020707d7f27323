import type { CacheEntry, CacheScope } from '../../../engine/ports/model-cache.ts'
import type { Connection } from '../database/connection.ts'

/** Answers to questions are written together, so many or after so long: a commit costs more than they do. */
const WRITTEN_AT_ONCE = 32
const WAIT_MS = 250
const OF_QUESTIONS: ReadonlySet<CacheEntry['kind']> = new Set(['keywords', 'query'])
/** In UTF-16 units. */
const LONGEST_WAITING = 16_384

interface Waiting {
  readonly entry: CacheEntry
  readonly most: number | undefined
}

/** What models answered, by the hash of what they were asked. */
export class ModelCacheTable {
  readonly #connection: Connection
  /** By key, in the order they came. */
  readonly #waiting = new Map<string, Waiting>()
  #timer: NodeJS.Timeout | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  get(key: string): string | null {
    const waiting = this.#waiting.get(key)
    if (waiting !== undefined) return waiting.entry.value
    const sql = 'SELECT value FROM model_cache WHERE key = ?'
    return this.#connection.get<{ value: string }>(sql, key)?.value ?? null
  }

  /**
   * Not synced: what a power cut takes is paid for again, and that is all. What belongs to a question
   * waits for others in memory, where the end of this process takes it too.
   */
  put(entry: CacheEntry, most?: number): void {
    this.#waiting.delete(entry.key)
    this.#waiting.set(entry.key, { entry, most })
    if (!canWait(entry, most)) this.#flush()
    else if (this.#waiting.size >= WRITTEN_AT_ONCE) this.settle()
    else this.#timer ??= setTimeout(() => this.settle(), WAIT_MS).unref()
  }

  /**
   * Writes what waits, if it can; to be called before the connection closes. Nobody waits for it, and
   * what is lost is asked again.
   */
  settle(): void {
    try {
      this.#flush()
    } catch {
      this.#waiting.clear()
    }
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#waiting.size === 0) return
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    this.#connection.relaxed(() => {
      const most = new Map<CacheEntry['kind'], number>()
      for (const { entry, most: limit } of waiting) {
        this.#write(entry)
        if (limit !== undefined) most.set(entry.kind, limit)
      }
      for (const [kind, limit] of most) this.#keepLatest(kind, limit)
    })
  }

  #write({ key, kind, value, chunkId }: CacheEntry): void {
    this.#connection.run(
      'INSERT OR REPLACE INTO model_cache (key, kind, value, chunk_id) VALUES (?, ?, ?, ?)',
      key,
      kind,
      value,
      chunkId,
    )
  }

  /** Row ids grow, also of what is replaced. */
  #keepLatest(kind: CacheEntry['kind'], most: number): void {
    this.#connection.run(
      `DELETE FROM model_cache WHERE rowid IN
         (SELECT rowid FROM model_cache WHERE kind = ? ORDER BY rowid DESC LIMIT -1 OFFSET ?)`,
      kind,
      most,
    )
  }

  /** Entries of a kind, of these chunks, or all. Returns how many went. */
  clear(scope: CacheScope | null): number {
    this.#flush()
    return this.#connection.durably(() => {
      if (scope === null) return this.#connection.run('DELETE FROM model_cache')
      if ('kind' in scope) {
        return this.#connection.run('DELETE FROM model_cache WHERE kind = ?', scope.kind)
      }
      let removed = 0
      for (const id of scope.chunkIds) {
        removed += this.#connection.run('DELETE FROM model_cache WHERE chunk_id = ?', id)
      }
      return removed
    })
  }
}

function canWait({ kind, value }: CacheEntry, most = Number.POSITIVE_INFINITY): boolean {
  // Where few may be kept, one that waits would be one too many.
  return OF_QUESTIONS.has(kind) && value.length <= LONGEST_WAITING && most > 2 * WRITTEN_AT_ONCE
}
