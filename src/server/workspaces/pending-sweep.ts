import { timerMs } from '../../engine/work/timer-ms.ts'
import { isSliceOver, nextTurn } from '../../engine/work/turns.ts'
import type { EngineSource } from '../../tenancy/pool/lease.ts'

/** A workspace that waits is looked at again after so long at most. */
const LONGEST_SLEEP_MS = 600_000

/** An engine whose background work can be waited for. */
export interface Sweepable {
  /** Resolves when no background work is under way. */
  idle(): Promise<void>
}

export interface SweepOptions {
  readonly pool: EngineSource<Sweepable>
  /** When there is work for a workspace that is not open, in milliseconds; null for never. */
  readonly workAt: (workspace: string) => Promise<number | null>
  /** Workspaces worked off at once. */
  readonly width: number
  readonly onError: (message: string, error: unknown) => void
}

/**
 * Sees to it that pending documents are processed without anybody asking: those a crash left, and
 * those of a workspace that was closed to make room. The work itself is the engines'; this opens
 * them, a few at a time, under background leases.
 */
export class PendingSweep {
  readonly #options: SweepOptions
  readonly #queue = new Set<string>()
  /** Of workspaces whose documents wait for another attempt. */
  readonly #alarms = new Map<string, NodeJS.Timeout>()
  readonly #stop = new AbortController()
  #working = 0

  constructor(options: SweepOptions) {
    this.#options = options
  }

  /** Looks at a workspace soon; asking twice is asking once. */
  add(workspace: string): void {
    if (this.#stop.signal.aborted) return
    this.#queue.add(workspace)
    if (this.#working >= this.#options.width) return
    this.#working++
    this.#work().finally(() => this.#working--)
  }

  stop(): void {
    this.#stop.abort()
    this.#queue.clear()
    for (const alarm of this.#alarms.values()) clearTimeout(alarm)
    this.#alarms.clear()
  }

  async #work(): Promise<void> {
    for (const workspace of this.#queue) {
      this.#queue.delete(workspace)
      // Looking into thousands of closed workspaces must not hold up a single request.
      if (isSliceOver()) await nextTurn()
      await this.#sweep(workspace).catch((error: unknown) => {
        if (this.#stop.signal.aborted) return
        this.#options.onError(`Resuming the documents of ${workspace} failed`, error)
      })
    }
  }

  async #sweep(workspace: string): Promise<void> {
    const { pool, workAt } = this.#options
    const at = await workAt(workspace)
    if (at === null) return
    if (at > Date.now()) return this.#addLater(workspace, at)
    const { signal } = this.#stop
    const lease = await pool.acquire(workspace, { background: true, signal })
    try {
      await lease.engine.idle()
    } finally {
      lease.release()
    }
  }

  /** To open it before would keep others out of the pool for nothing. */
  #addLater(workspace: string, at: number): void {
    clearTimeout(this.#alarms.get(workspace))
    const look = () => {
      this.#alarms.delete(workspace)
      this.add(workspace)
    }
    this.#alarms.set(
      workspace,
      setTimeout(look, timerMs(at - Date.now(), LONGEST_SLEEP_MS)).unref(),
    )
  }
}
