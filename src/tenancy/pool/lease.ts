/** A counted right to use a pooled engine; a leased engine is never closed. */
export interface Lease<T> {
  readonly engine: T
  /** Gives the right back. A second call does nothing. */
  release(): void
}

export interface AcquireOptions {
  /** Leases of jobs hold at most a share of the pool and yield to waiting requests. */
  readonly background?: boolean
  /** Ends the wait; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** Where engines come from: a pool, or anything that hands them out. */
export interface EngineSource<T> {
  /** @throws {TenancyError} `pool_exhausted` or `pool_closed`; what opening the engine throws */
  acquire(workspace: string, options?: AcquireOptions): Promise<Lease<T>>

  /** The lease of an engine that stands ready; undefined when it has to be waited for. */
  leaseNow?(workspace: string): Lease<T> | undefined
}
