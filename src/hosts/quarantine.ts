import { timerMs } from '../engine/work/timer-ms.ts'
import type { EngineHost } from './engine-host.ts'
import { hostLost } from './host-lost.ts'
import type { HostSeat, HostStarts } from './host-seat.ts'
import type { Suspicions } from './suspicions.ts'

/** Hosts of quarantined workspaces that live at one time. */
const MOST_HOSTS = 2
/** How long one of them may take to close its engine, in milliseconds. */
const CLOSING_MS = 10_000
const FULL_WAIT_MS = 5000

/**
 * Hosts for workspaces that end them: each alone in its own, started when somebody asks. There are few
 * of them; one that nobody uses makes room for another.
 */
export class Quarantine {
  readonly #starts: HostStarts
  readonly #suspicions: Suspicions
  readonly #seats = new Set<LoneSeat>()

  constructor(starts: HostStarts, suspicions: Suspicions) {
    this.#starts = starts
    this.#suspicions = suspicions
  }

  get hosts(): EngineHost[] {
    return [...this.#seats].map(({ host }) => host).filter((host) => host !== undefined)
  }

  seatFor(workspace: string): LoneSeat {
    const seat: LoneSeat = new LoneSeat({
      ...this.#starts,
      waitMs: () => this.#suspicions.waitMs(workspace),
      enter: async () => {
        this.#seats.add(seat)
        if (this.#seats.size > MOST_HOSTS) await this.#makeRoom(seat)
      },
      leave: () => this.#seats.delete(seat),
    })
    return seat
  }

  async #makeRoom(wanting: LoneSeat): Promise<void> {
    for (const seat of this.#seats) {
      if (seat === wanting || seat.inFlight > 0) continue
      await seat.vacate()
      return
    }
    this.#seats.delete(wanting)
    throw hostLost('This knowledge base has ended the server before and waits for a place.', {
      waitMs: FULL_WAIT_MS,
    })
  }
}

interface LoneSeatOptions extends HostStarts {
  /** How long to wait for the next host, in milliseconds. */
  readonly waitMs: () => number
  /** Waits for room for a host. */
  readonly enter: () => Promise<void>
  readonly leave: () => void
}

/** The seat of one quarantined workspace, empty until somebody asks and after each end. */
export class LoneSeat implements HostSeat {
  inFlight = 0
  workspaces = 0
  readonly #options: LoneSeatOptions
  #host: EngineHost | undefined
  #coming: Promise<EngineHost> | undefined
  #leaving: Promise<void> | undefined

  constructor(options: LoneSeatOptions) {
    this.#options = options
  }

  get host(): EngineHost | undefined {
    return this.#host
  }

  async ready(): Promise<EngineHost> {
    await this.#leaving
    this.#coming ??= this.#start().finally(() => {
      this.#coming = undefined
    })
    return this.#coming
  }

  /** Closes the engine and ends the host. */
  vacate(): Promise<void> {
    this.#leaving ??= this.#vacate().finally(() => {
      this.#leaving = undefined
    })
    return this.#leaving
  }

  async #start(): Promise<EngineHost> {
    if (this.#host?.hasEnded === false) {
      await this.#host.started
      return this.#host
    }
    const waitMs = this.#options.waitMs()
    if (waitMs > 0) {
      throw hostLost('This knowledge base has ended the server again and again.', { waitMs })
    }
    await this.#options.enter()
    const host = this.#options.start()
    this.#host = host
    void host.ended.then((exit) => {
      if (this.#host !== host) return
      this.#options.leave()
      this.#options.onEnd(host, exit)
    })
    await host.started
    return host
  }

  async #vacate(): Promise<void> {
    await this.#coming?.catch(() => undefined)
    const host = this.#host
    this.#host = undefined
    this.#options.leave()
    if (host === undefined) return
    await endHost(host, CLOSING_MS)
  }
}

/** Has a host close its engines, and ends it whether or not it does so in time. */
export async function endHost(host: EngineHost, deadlineMs: number): Promise<void> {
  const closed = host.channel.call('close', deadlineMs).catch(() => undefined)
  const late = setTimeout(() => host.kill(), timerMs(deadlineMs + LATE_MS))
  await Promise.race([closed, host.ended])
  clearTimeout(late)
  host.kill()
  await host.ended
}

/** What a host may take longer than its deadline: one that stands still never answers. */
const LATE_MS = 2000
