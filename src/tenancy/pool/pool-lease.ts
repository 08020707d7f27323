import type { Lease } from './lease.ts'
import type { PooledEngine } from './pooled-engine.ts'

/** One lease of a pooled engine, counted there for as long as it is held. */
export class PoolLease<T> implements Lease<T> {
  readonly engine: T
  readonly #entry: PooledEngine<T>
  readonly #background: boolean
  readonly #onRelease: (entry: PooledEngine<T>) => void
  #held = true

  constructor(
    entry: PooledEngine<T>,
    background: boolean,
    onRelease: (entry: PooledEngine<T>) => void,
  ) {
    if (entry.engine === undefined) throw new Error('an engine without an object was called ready')
    this.engine = entry.engine
    this.#entry = entry
    this.#background = background
    this.#onRelease = onRelease
    entry.leases += 1
    entry.granted += 1
    if (background) entry.backgroundLeases += 1
  }

  release(): void {
    if (!this.#held) return
    this.#held = false
    this.#entry.leases -= 1
    if (this.#background) this.#entry.backgroundLeases -= 1
    this.#onRelease(this.#entry)
  }
}
