import { timerMs } from '../engine/work/timer-ms.ts'
import type { EngineHost, HostExit } from './engine-host.ts'
import { hostLost } from './host-lost.ts'

/** Waits before a host is started again that ended soon after its start, in milliseconds. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2000
/** A host that has lived for so long is started again at once. */
const SETTLED_MS = 30_000

/** Where hosts run, one after the other. */
export interface HostSeat {
  /** Requests that are with its host, or on the way there. */
  inFlight: number
  /** Workspaces that are served here. */
  workspaces: number
  /** The one that is there, or was last; undefined before the first. */
  readonly host: EngineHost | undefined
  /** Waits for a host that takes requests. */
  ready(): Promise<EngineHost>
}

export interface HostStarts {
  /** @throws when the system gives no process */
  readonly start: () => EngineHost
  /** Called as soon as a host has ended by itself, before anybody waits for its successor. */
  readonly onEnd: (host: EngineHost, exit: HostExit) => void
  readonly onError: (error: unknown) => void
}

/** A seat that is never empty for long: a host that ended has a successor at once. */
export class KeptSeat implements HostSeat {
  inFlight = 0
  workspaces = 0
  readonly #starts: HostStarts
  #host: EngineHost
  /** The next one, while there is none. */
  #coming: Promise<EngineHost> | undefined
  #startedAt = performance.now()
  #failures = 0
  #isClosing = false

  constructor(starts: HostStarts) {
    this.#starts = starts
    this.#host = starts.start()
    this.#watch(this.#host)
  }

  get host(): EngineHost {
    return this.#host
  }

  async ready(): Promise<EngineHost> {
    const host = this.#coming === undefined ? this.#host : await this.#coming
    await host.started
    return host
  }

  /** Starts no more. */
  close(): void {
    this.#isClosing = true
  }

  #watch(host: EngineHost): void {
    void host.ended.then((exit) => {
      if (this.#isClosing) return
      this.#starts.onEnd(host, exit)
      // What ended it is set aside by itself; nobody else waits for that.
      if (exit.suspect !== null) this.#failures = -1
      this.#coming = this.#succeed()
      this.#coming.catch(() => undefined)
    })
  }

  async #succeed(): Promise<EngineHost> {
    for (;;) {
      const lived = performance.now() - this.#startedAt
      this.#failures = lived > SETTLED_MS ? 0 : this.#failures + 1
      const wait = FIRST_WAIT_MS * 2 ** Math.min(this.#failures - 1, 10)
      if (this.#failures > 1) await pause(wait)
      if (this.#isClosing) throw hostLost('The server shuts down.')
      this.#startedAt = performance.now()
      try {
        // At once: whoever ends all ends also one that still comes up.
        const host = this.#starts.start()
        this.#host = host
        await host.started
        this.#coming = undefined
        this.#watch(host)
        return host
      } catch (error) {
        if (this.#isClosing) throw error
        this.#starts.onError(error)
      }
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, timerMs(ms, LONGEST_WAIT_MS))
  })
}
