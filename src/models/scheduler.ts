import type { Lane } from '../engine/models.ts'

export interface SchedulerLimits {
  /** Jobs that run at one time, over all workspaces. */
  readonly limit: number
  /** Jobs of one workspace that run at one time; by default only the whole is limited. */
  readonly perWorkspace?: number | undefined
}

export interface SchedulerGauges {
  readonly limit: number
  readonly running: number
  readonly waiting: Readonly<Record<Lane, number>>
  /** Workspaces that have something running or waiting. */
  readonly workspaces: number
}

/** Gives the slot back; calling it again does nothing. */
export type Release = () => void

interface Waiter {
  readonly workspace: string
  readonly start: () => void
}

/** Lanes in order of precedence. */
const LANES = ['query', 'summary', 'extract'] as const satisfies readonly Lane[]

/**
 * Shares a number of slots among the model calls of all workspaces. A free slot goes to the first
 * lane in which someone waits, and within the lane to the workspaces by turns.
 */
export class FairScheduler {
  readonly #limit: number
  readonly #perWorkspace: number
  readonly #lanes: Readonly<Record<Lane, TurnQueue>> = {
    query: new TurnQueue(),
    summary: new TurnQueue(),
    extract: new TurnQueue(),
  }
  readonly #runningOf = new Map<string, number>()
  #running = 0

  constructor(limits: SchedulerLimits) {
    this.#limit = Math.max(1, limits.limit)
    this.#perWorkspace = Math.max(1, limits.perWorkspace ?? Number.POSITIVE_INFINITY)
  }

  /**
   * Runs a job once a slot is free, in the asynchronous context of this call.
   *
   * @throws the signal's reason when it fires while the job waits; a running job has to heed it
   */
  async run<T>(
    workspace: string,
    lane: Lane,
    signal: AbortSignal | undefined,
    job: () => Promise<T>,
  ): Promise<T> {
    const release = await this.acquire(workspace, lane, signal)
    try {
      return await job()
    } finally {
      release()
    }
  }

  /** Waits for a slot and keeps it until it is released. */
  acquire(workspace: string, lane: Lane, signal: AbortSignal | undefined): Promise<Release> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const waiting = this.#lanes[lane]
      // A promise, not a callback to the job: what awaits it goes on in its own asynchronous
      // context, not in that of whoever freed the slot.
      const start = () => {
        signal?.removeEventListener('abort', leave)
        resolve(this.#releaseOnce(workspace))
      }
      const waiter: Waiter = { workspace, start }
      const leave = () => {
        waiting.remove(waiter)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', leave, { once: true })
      waiting.add(waiter)
      this.#dispatch()
    })
  }

  gauges(): SchedulerGauges {
    const names = new Set(this.#runningOf.keys())
    for (const lane of LANES) for (const name of this.#lanes[lane].workspaces()) names.add(name)
    return {
      limit: this.#limit,
      running: this.#running,
      waiting: {
        query: this.#lanes.query.size,
        summary: this.#lanes.summary.size,
        extract: this.#lanes.extract.size,
      },
      workspaces: names.size,
    }
  }

  #dispatch(): void {
    while (this.#running < this.#limit) {
      const waiter = this.#nextWaiter()
      if (waiter === undefined) return
      this.#running++
      this.#runningOf.set(waiter.workspace, (this.#runningOf.get(waiter.workspace) ?? 0) + 1)
      waiter.start()
    }
  }

  #nextWaiter(): Waiter | undefined {
    for (const lane of LANES) {
      const waiter = this.#lanes[lane].take(
        (workspace) => (this.#runningOf.get(workspace) ?? 0) < this.#perWorkspace,
      )
      if (waiter !== undefined) return waiter
    }
    return undefined
  }

  #releaseOnce(workspace: string): Release {
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#running--
      const left = (this.#runningOf.get(workspace) ?? 1) - 1
      if (left > 0) this.#runningOf.set(workspace, left)
      else this.#runningOf.delete(workspace)
      this.#dispatch()
    }
  }
}

/** Waiters of one lane: first come first served within a workspace, workspaces by turns. */
class TurnQueue {
  /** In order of turns; only workspaces in which someone waits. */
  readonly #turns = new Map<string, Set<Waiter>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  workspaces(): Iterable<string> {
    return this.#turns.keys()
  }

  add(waiter: Waiter): void {
    const waiters = this.#turns.get(waiter.workspace)
    if (waiters === undefined) this.#turns.set(waiter.workspace, new Set([waiter]))
    else waiters.add(waiter)
    this.#size++
  }

  remove(waiter: Waiter): void {
    const waiters = this.#turns.get(waiter.workspace)
    if (waiters?.delete(waiter) !== true) return
    if (waiters.size === 0) this.#turns.delete(waiter.workspace)
    this.#size--
  }

  /** The next waiter of the first workspace in turn that is allowed another job. */
  take(allowed: (workspace: string) => boolean): Waiter | undefined {
    for (const [workspace, waiters] of this.#turns) {
      if (!allowed(workspace)) continue
      const [waiter] = waiters
      if (waiter === undefined) continue
      this.remove(waiter)
      // To the end of the turns.
      if (waiters.size > 0) {
        this.#turns.delete(workspace)
        this.#turns.set(workspace, waiters)
      }
      return waiter
    }
    return undefined
  }
}
