import type { Lane } from '../../engine/ports/models.ts'

export interface SchedulerLimits {
  /** Jobs that run at one time, over all workspaces. */
  readonly limit: number
  /** Of these, kept free for queries; at least one is left to other work. None unless told. */
  readonly forQueries?: number | undefined
  /**
   * Jobs of one workspace that run at one time, those for queries included; by default only the
   * whole is limited.
   */
  readonly perWorkspace?: number | undefined
}

/**
 * What a limit is shared into, where nobody says otherwise: a job that hangs holds its slot until
 * its time is over, so neither documents nor one workspace may ever hold them all. Of one slot there
 * is no share.
 *
 * @param several whether several workspaces share the limit
 */
export function fairShares(
  limit: number,
  several: boolean,
): Required<Pick<SchedulerLimits, 'forQueries' | 'perWorkspace'>> {
  const eighth = Math.max(1, Math.floor(limit / 8))
  return {
    forQueries: limit < 2 ? 0 : eighth,
    // Of two, one is for questions: then the other is for the documents of any workspace.
    perWorkspace: several && limit > 2 ? limit - eighth : limit,
  }
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

/** Slots that the model calls of all workspaces share, wherever they are counted. */
export abstract class Slots {
  /**
   * Waits for a slot and keeps it until it is released.
   *
   * @throws the signal's reason when it fires while the caller waits
   */
  abstract acquire(workspace: string, lane: Lane, signal: AbortSignal | undefined): Promise<Release>

  abstract gauges(): SchedulerGauges

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
}

interface Waiter {
  readonly workspace: string
  readonly start: () => void
}

/** Lanes in order of precedence. */
const LANES = ['query', 'summary', 'extract'] as const satisfies readonly Lane[]

/** What runs in the lanes, of one workspace or of all. */
interface Running {
  all: number
  /** Those for anything but queries. */
  work: number
}

/**
 * Shares a number of slots among the model calls of all workspaces. A free slot goes to the first
 * lane in which someone waits, and within the lane to the workspaces by turns.
 */
export class FairScheduler extends Slots {
  readonly #limit: number
  readonly #workLimit: number
  readonly #perWorkspace: number
  readonly #workPerWorkspace: number
  readonly #lanes: Readonly<Record<Lane, TurnQueue>> = {
    query: new TurnQueue(),
    summary: new TurnQueue(),
    extract: new TurnQueue(),
  }
  readonly #runningOf = new Map<string, Running>()
  readonly #running: Running = { all: 0, work: 0 }

  constructor(limits: SchedulerLimits) {
    super()
    const { forQueries = 0, perWorkspace = Number.POSITIVE_INFINITY } = limits
    this.#limit = Math.max(1, limits.limit)
    this.#workLimit = Math.max(1, this.#limit - forQueries)
    this.#perWorkspace = Math.max(1, perWorkspace)
    // A workspace whose documents hang can still be asked.
    this.#workPerWorkspace = Math.max(1, this.#perWorkspace - forQueries)
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
        resolve(this.#releaseOnce(workspace, lane))
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
      running: this.#running.all,
      waiting: {
        query: this.#lanes.query.size,
        summary: this.#lanes.summary.size,
        extract: this.#lanes.extract.size,
      },
      workspaces: names.size,
    }
  }

  #dispatch(): void {
    for (let found = this.#nextWaiter(); found !== undefined; found = this.#nextWaiter()) {
      const { waiter, lane } = found
      const own = this.#runningOf.get(waiter.workspace) ?? { all: 0, work: 0 }
      this.#runningOf.set(waiter.workspace, own)
      for (const running of [this.#running, own]) count(running, lane, 1)
      waiter.start()
    }
  }

  #nextWaiter(): { readonly waiter: Waiter; readonly lane: Lane } | undefined {
    if (this.#running.all >= this.#limit) return undefined
    for (const lane of LANES) {
      const isWork = lane !== 'query'
      if (isWork && this.#running.work >= this.#workLimit) return undefined
      const waiter = this.#lanes[lane].take((workspace) => {
        const { all = 0, work = 0 } = this.#runningOf.get(workspace) ?? {}
        return all < this.#perWorkspace && !(isWork && work >= this.#workPerWorkspace)
      })
      if (waiter !== undefined) return { waiter, lane }
    }
    return undefined
  }

  #releaseOnce(workspace: string, lane: Lane): Release {
    let held = true
    return () => {
      if (!held) return
      held = false
      count(this.#running, lane, -1)
      const own = this.#runningOf.get(workspace)
      if (own !== undefined) count(own, lane, -1)
      if (own?.all === 0) this.#runningOf.delete(workspace)
      this.#dispatch()
    }
  }
}

function count(running: Running, lane: Lane, by: 1 | -1): void {
  running.all += by
  if (lane !== 'query') running.work += by
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
