export interface PoolOptions<T extends object> {
  /** Builds the engine of a workspace, outside any request's context. A failure is not kept. */
  readonly open: (workspace: string) => Promise<T>
  /** Flushes and closes an engine. The workspace is not opened again before this settles. */
  readonly close: (engine: T) => Promise<void>
  /**
   * Whether an engine keeps all others out of its workspace until it is closed: then the next one
   * waits for its end. Every engine does, unless given.
   */
  readonly isExclusive?: (engine: T) => boolean
  /** Memory an engine holds now, in bytes. Asked when it opens and whenever a lease ends. */
  readonly bytesOf?: (engine: T) => number
  /** Most engines alive at once, opening and closing ones included. */
  readonly maxEngines: number
  /** Most bytes that the engines hold together; one engine alone may exceed it. */
  readonly maxBytes: number
  /** An engine without a lease for this long is closed. 0 keeps it. */
  readonly idleMs: number
  /** Longest wait of a request for a place in the pool. Background waits have no such end. */
  readonly acquireTimeoutMs: number
  /**
   * Workspaces whose engines, once open, are closed neither for room nor for memory nor for being
   * idle; fewer than `maxEngines`.
   */
  readonly pinned?: readonly string[]
  readonly onEvent?: (event: PoolEvent) => void
}

export type CloseReason = 'room' | 'bytes' | 'idle' | 'evicted' | 'shutdown'

export type PoolEvent =
  | { readonly type: 'opened'; readonly workspace: string; readonly ms: number }
  | { readonly type: 'open_failed'; readonly workspace: string; readonly error: unknown }
  | { readonly type: 'closed'; readonly workspace: string; readonly reason: CloseReason }
  | { readonly type: 'close_failed'; readonly workspace: string; readonly error: unknown }
  | { readonly type: 'exhausted'; readonly workspace: string }

/** Gauges first, then counts since the start. */
export interface PoolStats {
  readonly engines: number
  readonly opening: number
  readonly ready: number
  readonly draining: number
  readonly leases: number
  readonly backgroundLeases: number
  readonly bytes: number
  readonly waiting: number
  readonly backgroundWaiting: number
  readonly opened: number
  readonly openFailed: number
  readonly closed: number
  readonly exhausted: number
}
