import type { CloseReason } from './pool-options.ts'

/**
 * - `opening`: being built; callers wait
 * - `ready`: may be leased
 * - `draining`: no new leases; closes when the last one ends
 * - `closed`: out of the pool; the workspace may be opened again
 */
export type EngineState = 'opening' | 'ready' | 'draining' | 'closed'

/** The pool's record of one workspace; there is never more than one per workspace. */
export class PooledEngine<T> {
  readonly key: string
  readonly workspace: string
  state: EngineState = 'opening'
  engine: T | undefined
  leases = 0
  backgroundLeases = 0
  /** Leases given out since it opened. */
  granted = 0
  bytes = 0
  /** When the last lease ended, in milliseconds of the monotonic clock. */
  idleSince = 0
  /** When its turn in the pool began, in milliseconds of the monotonic clock. */
  turnSince = 0
  /** Why it shall close; set as soon as that is decided, even while it is still opening. */
  closeReason: CloseReason | undefined
  closing = false
  /** Run after the close and before the workspace may open again; none of them rejects. */
  readonly beforeReopening: (() => Promise<void>)[] = []
  readonly whenClosed: Promise<void>
  #markClosed: () => void = () => undefined

  constructor(key: string, workspace: string) {
    this.key = key
    this.workspace = workspace
    this.whenClosed = new Promise((resolve) => {
      this.#markClosed = resolve
    })
  }

  get unused(): boolean {
    return this.state === 'ready' && this.leases === 0
  }

  get busy(): boolean {
    return this.state === 'ready' && this.leases > 0
  }

  /** Runs out of leases to make room, and may still go on instead. */
  get yielding(): boolean {
    return this.state === 'draining' && this.closeReason === 'room' && !this.closing
  }

  begin(): void {
    this.state = 'ready'
    this.turnSince = performance.now()
  }

  /** Goes on after yielding in vain, as the last in turn. */
  resume(): void {
    this.closeReason = undefined
    this.begin()
  }

  /** Settles as `work` does, which runs after the close and before a next engine opens. */
  runBeforeReopening(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.beforeReopening.push(() => work().then(resolve, reject))
    })
  }

  markClosed(): void {
    this.state = 'closed'
    this.#markClosed()
  }
}
