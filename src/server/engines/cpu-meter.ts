import type { CpuKind, CpuShare } from '../../control/quotas/cpu-share.ts'
import { hearOfWork } from '../../engine/work/announced-work.ts'
import { LoopTime, loopWorkedMs } from '../../engine/work/loop-time.ts'
import { cpuMsOf, ownTask } from '../../threads/thread-cpu.ts'

export interface CpuMeterOptions {
  /** Takes what was used since it was last told. */
  readonly report: (shares: readonly CpuShare[]) => void
  /** What the thread of the loop has spent of the processor, in milliseconds; null where nobody tells. */
  readonly spentMs?: () => number | null
  /** How long its loop has worked, in milliseconds of the clock. */
  readonly workedMs?: () => number
}

const REPORT_MS = 1000
/** Entries that wait for a report; beyond, it is made at once. */
const MOST_WAITING = 10_000
/** The system counts what a thread spends in steps of 10 ms: less work tells nothing of a rate. */
const RATED_MS = 1000

/**
 * What the work of each workspace takes of the processor in this process and in what reads and cuts
 * texts for it, told every second.
 *
 * The loop's time is taken by the clock, and told at the rate at which its thread was really given the
 * processor, so that a machine with more to do than it can is at nobody's expense.
 */
export class CpuMeter {
  readonly #options: Required<CpuMeterOptions>
  readonly #loop: LoopTime
  readonly #hearNoMore: () => void
  readonly #timer: NodeJS.Timeout
  #waiting = new Map<string, CpuShare>()
  /** Of the processor, for each millisecond that the loop works: 0 to 1. */
  #rate = 1
  #rated: { readonly spentMs: number; readonly workedMs: number } | undefined

  constructor(options: CpuMeterOptions) {
    const task = ownTask()
    this.#options = { spentMs: () => cpuMsOf(task), workedMs: loopWorkedMs, ...options }
    const { workedMs } = this.#options
    this.#loop = new LoopTime(
      (workspace, ms) => this.#add(workspace, 'loop', ms * this.#rate),
      workedMs,
    )
    this.#hearNoMore = hearOfWork((work) => this.#loop.turnTo(work))
    this.#timer = setInterval(() => this.flush(), REPORT_MS).unref()
  }

  /** What a thread or a process took for a workspace, in milliseconds. */
  readonly add = (workspace: string, kind: Exclude<CpuKind, 'loop'>, ms: number): void => {
    this.#add(workspace, kind, ms)
  }

  /** Reports now. */
  flush(): void {
    this.#loop.settle()
    this.#rateAnew()
    if (this.#waiting.size === 0) return
    const shares = [...this.#waiting.values()]
    this.#waiting = new Map()
    this.#options.report(shares)
  }

  /** Reports for the last time. */
  close(): void {
    clearInterval(this.#timer)
    this.#hearNoMore()
    this.flush()
  }

  #add(workspace: string, kind: CpuKind, ms: number): void {
    if (!(ms > 0)) return
    const key = `${kind} ${workspace}`
    const before = this.#waiting.get(key)?.ms ?? 0
    this.#waiting.set(key, { workspace, kind, ms: before + ms })
    if (this.#waiting.size >= MOST_WAITING) setImmediate(() => this.flush())
  }

  #rateAnew(): void {
    const workedMs = this.#options.workedMs()
    if (this.#rated !== undefined && workedMs - this.#rated.workedMs < RATED_MS) return
    const spentMs = this.#options.spentMs()
    if (spentMs === null) return
    if (this.#rated !== undefined) {
      const rate = (spentMs - this.#rated.spentMs) / (workedMs - this.#rated.workedMs)
      this.#rate = Math.min(1, Math.max(0, rate))
    }
    this.#rated = { spentMs, workedMs }
  }
}
