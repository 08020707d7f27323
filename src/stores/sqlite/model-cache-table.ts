import type { CacheEntry, CacheScope } from '../../engine/store.ts'
import type { Connection } from './connection.ts'

/** What models answered, by the hash of what they were asked. */
export class ModelCacheTable {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  get(key: string): string | null {
    const sql = 'SELECT value FROM model_cache WHERE key = ?'
    return this.#connection.get<{ value: string }>(sql, key)?.value ?? null
  }

  /** Not synced: what a power cut takes is paid for again, and that is all. */
  put(entry: CacheEntry, most?: number): void {
    this.#connection.relaxed(() => {
      this.#connection.run(
        'INSERT OR REPLACE INTO model_cache (key, kind, value, chunk_id) VALUES (?, ?, ?, ?)',
        entry.key,
        entry.kind,
        entry.value,
        entry.chunkId,
      )
      // Row ids grow, also of what is replaced.
      if (most === undefined) return
      this.#connection.run(
        `DELETE FROM model_cache WHERE rowid IN
           (SELECT rowid FROM model_cache WHERE kind = ? ORDER BY rowid DESC LIMIT -1 OFFSET ?)`,
        entry.kind,
        most,
      )
    })
  }

  /** Entries of a kind, of these chunks, or all. Returns how many went. */
  clear(scope: CacheScope | null): number {
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
