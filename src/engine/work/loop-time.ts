import type { Work } from './announced-work.ts'

/**
 * Shares the time for which the event loop works among the workspaces whose work was announced. What
 * runs from one announcement to the next belongs to the first of the two, as long as the loop does not
 * turn: what goes on after a wait is announced again, and all else that comes then, such as the bytes
 * that somebody sends, is nobody's. So is time in which the loop waits.
 */
export class LoopTime {
  readonly #onTime: (workspace: string, ms: number) => void
  readonly #workedMs: () => number
  #workspace: string | undefined
  #since: number
  #isEnding = false

  /**
   * @param onTime told how long the loop has worked for a workspace since it was last told
   * @param workedMs how long the loop has worked since it began, in milliseconds
   */
  constructor(
    onTime: (workspace: string, ms: number) => void,
    workedMs: () => number = loopWorkedMs,
  ) {
    this.#onTime = onTime
    this.#workedMs = workedMs
    this.#since = workedMs()
  }

  /** The loop turns to other work. */
  turnTo(work: Work | null): void {
    this.settle()
    this.#workspace = work?.workspace
    if (work === null || this.#isEnding) return
    this.#isEnding = true
    setImmediate(() => {
      this.#isEnding = false
      this.turnTo(null)
    })
  }

  /** Tells what the present work has taken so far. */
  settle(): void {
    const now = this.#workedMs()
    if (this.#workspace !== undefined) this.#onTime(this.#workspace, now - this.#since)
    this.#since = now
  }
}

/** How long the event loop of this thread has worked, and not waited, in milliseconds. */
export function loopWorkedMs(): number {
  return performance.eventLoopUtilization().active
}
