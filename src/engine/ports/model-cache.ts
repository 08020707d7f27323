/** What models answered. Written outside of changes; what is for questions may wait for more. */
export interface ModelCache {
  get(key: string): Promise<string | null>
  /** @param most of this kind are kept, the newest ones */
  put(entry: CacheEntry, most?: number): Promise<void>
  /** Removes the entries of a kind, of a document's chunks, or all; returns how many. */
  clear(scope: CacheScope | null): Promise<number>
}

export interface CacheEntry {
  readonly key: string
  readonly kind: 'extract' | 'summary' | 'keywords' | 'query'
  readonly value: string
  /** Chunk id the answer was made for, where there is one. */
  readonly chunkId: string | null
}

export type CacheScope =
  | { readonly chunkIds: readonly string[] }
  | { readonly kind: CacheEntry['kind'] }
