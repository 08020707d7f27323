interface Waiter {
  readonly start: () => void
}

interface Line {
  readonly waiting: Waiter[]
  running: number
  /** When it was last served: the least goes first. */
  served: number
}

/**
 * Shares a number of places among the files of all workspaces: within a workspace first come, first
 * served; between workspaces by turns. One place is always left to others, where there is more than
 * one, so that no workspace can hold them all.
 */
export class ReadingTurns {
  readonly #places: number
  /** Of workspaces that wait for something or have something running, in order of their coming. */
  readonly #lines = new Map<string, Line>()
  #taken = 0
  #served = 0

  /** @param places files that are read at one time */
  constructor(places: number) {
    this.#places = Math.max(1, places)
  }

  /**
   * Runs a job once it has a place, in the asynchronous context of this call.
   *
   * @throws the signal's reason when it fires while the job waits
   */
  async run<T>(
    workspace: string,
    signal: AbortSignal | undefined,
    job: () => Promise<T>,
  ): Promise<T> {
    await this.#place(workspace, signal)
    try {
      return await job()
    } finally {
      this.#leave(workspace)
    }
  }

  #place(workspace: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const start = () => {
        signal?.removeEventListener('abort', giveUp)
        resolve()
      }
      const waiter: Waiter = { start }
      const giveUp = () => {
        this.#giveUp(workspace, waiter)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', giveUp, { once: true })
      this.#line(workspace).waiting.push(waiter)
      this.#serve()
    })
  }

  #line(workspace: string): Line {
    const known = this.#lines.get(workspace)
    if (known) return known
    const line: Line = { waiting: [], running: 0, served: 0 }
    this.#lines.set(workspace, line)
    return line
  }

  #leave(workspace: string): void {
    this.#taken--
    this.#line(workspace).running--
    this.#forgetIfEmpty(workspace)
    this.#serve()
  }

  #serve(): void {
    while (this.#taken < this.#places) {
      const line = this.#next()
      if (line === undefined) return
      this.#taken++
      line.running++
      line.served = ++this.#served
      line.waiting.shift()?.start()
    }
  }

  #next(): Line | undefined {
    const most = Math.max(1, this.#places - 1)
    let next: Line | undefined
    for (const line of this.#lines.values()) {
      if (line.waiting.length === 0 || line.running >= most) continue
      if (next === undefined || line.served < next.served) next = line
    }
    return next
  }

  #giveUp(workspace: string, waiter: Waiter): void {
    const { waiting } = this.#line(workspace)
    waiting.splice(waiting.indexOf(waiter), 1)
    this.#forgetIfEmpty(workspace)
  }

  #forgetIfEmpty(workspace: string): void {
    const { waiting, running } = this.#line(workspace)
    if (waiting.length === 0 && running === 0) this.#lines.delete(workspace)
  }
}
