import { timerMs } from '../engine/work/timer-ms.ts'
import { workspaceKey } from '../tenancy/workspace-name.ts'
import type { EngineHost, HostExit } from './engine-host.ts'

/** Waits before a host is started again that ended soon after its start, in milliseconds. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 10_000
/** A host that has lived for so long is started again at once. */
const SETTLED_MS = 30_000

/** Where one of a fixed number of hosts runs, one after the other. */
interface Seat {
  host: EngineHost
  /** Of the next host, while there is none. */
  coming: Promise<EngineHost> | undefined
  inFlight: number
  workspaces: number
  startedAt: number
  failures: number
}

/** Where a workspace is served. */
interface Place {
  readonly seat: Seat
  inFlight: number
  /** While it is kept closed: by which host, and until when. */
  closed: { readonly by: EngineHost; readonly until: Promise<void> } | undefined
}

/** A use of the host that serves a workspace. */
export interface Visit {
  readonly host: EngineHost
  /** Call this when it is over. A second call does nothing. */
  leave(): void
}

export interface EngineHostsOptions {
  readonly count: number
  /** @throws when the system gives no process */
  readonly start: () => EngineHost
  readonly onEnd: (host: EngineHost, exit: HostExit) => void
  readonly onError: (error: unknown) => void
}

/**
 * The processes that hold engines. A workspace is served by one of them, chosen when it is first asked
 * for: the one with the least to do. A host that ended has a successor at once, which takes over its
 * workspaces; nothing of them is open elsewhere before its end was seen.
 */
export class EngineHosts {
  readonly #options: EngineHostsOptions
  readonly #seats: readonly Seat[]
  readonly #places = new Map<string, Place>()
  #nextId = 0
  #isClosing = false

  constructor(options: EngineHostsOptions) {
    this.#options = options
    this.#seats = Array.from({ length: options.count }, () => this.#seat())
  }

  /** Hosts that live. */
  get hosts(): EngineHost[] {
    return this.#seats.map(({ host }) => host).filter((host) => !host.hasEnded)
  }

  /** Resolves when all have come up once. */
  async started(): Promise<void> {
    await Promise.all(this.#seats.map(({ host }) => host.started))
  }

  /** Waits for the host of a workspace. */
  async enter(workspace: string): Promise<Visit> {
    const place = this.#placeOf(workspace)
    const { seat } = place
    // Counted before it is waited for: who comes meanwhile goes elsewhere.
    const leave = begin(place)
    try {
      for (;;) {
        const host = seat.coming === undefined ? seat.host : await seat.coming
        await host.started
        const { closed } = place
        if (closed === undefined || closed.by === host) return { host, leave }
        await closed.until
      }
    } catch (error) {
      leave()
      throw error
    }
  }

  /**
   * Closes the engine of a workspace once its leases have ended. Callers who come meanwhile wait.
   *
   * @param whileClosed runs before it may be opened again
   */
  async evict(workspace: string, whileClosed: () => Promise<void>): Promise<void> {
    const place = this.#placeOf(workspace)
    const id = this.#nextId++
    const { host, leave } = await this.enter(workspace)
    let open = () => {}
    try {
      // A host that ends has closed it as well.
      await host.channel.call('holdClosed', id, workspace).catch((error: unknown) => {
        if (!host.hasEnded) throw error
      })
      const before = place.closed?.until
      const until = new Promise<void>((resolve) => {
        open = resolve
      })
      place.closed = { by: host, until: Promise.all([before, until]).then(() => undefined) }
      await whileClosed()
    } finally {
      place.closed = undefined
      open()
      host.channel.tell('letOpen', id)
      leave()
    }
  }

  /** The host of a workspace that is served at present. */
  hostOf(workspace: string): EngineHost | undefined {
    const host = this.#places.get(workspaceKey(workspace))?.seat.host
    return host?.hasEnded === true ? undefined : host
  }

  async close(deadlineMs: number): Promise<void> {
    this.#isClosing = true
    await Promise.all(
      this.hosts.map(async (host) => {
        await host.channel.call('close', deadlineMs).catch(() => undefined)
        host.kill()
        await host.ended
      }),
    )
  }

  #placeOf(workspace: string): Place {
    const key = workspaceKey(workspace)
    const known = this.#places.get(key)
    if (known !== undefined) return known
    const [seat] = this.#seats.toSorted(
      (one, other) => one.inFlight - other.inFlight || one.workspaces - other.workspaces,
    )
    if (seat === undefined) throw new RangeError('There are no hosts')
    const place: Place = { seat, inFlight: 0, closed: undefined }
    seat.workspaces += 1
    this.#places.set(key, place)
    return place
  }

  #seat(): Seat {
    const seat: Seat = {
      host: this.#options.start(),
      coming: undefined,
      inFlight: 0,
      workspaces: 0,
      startedAt: performance.now(),
      failures: 0,
    }
    this.#watch(seat)
    return seat
  }

  #watch(seat: Seat): void {
    const { host } = seat
    void host.ended.then((exit) => {
      if (this.#isClosing) return
      // Before anybody hears of the end: who asks again then waits for the successor.
      seat.coming = this.#succeed(seat)
      seat.coming.catch(() => undefined)
      this.#options.onEnd(host, exit)
    })
  }

  async #succeed(seat: Seat): Promise<EngineHost> {
    for (;;) {
      const lived = performance.now() - seat.startedAt
      seat.failures = lived > SETTLED_MS ? 0 : seat.failures + 1
      const wait = FIRST_WAIT_MS * 2 ** Math.min(seat.failures - 1, 10)
      if (seat.failures > 1) await pause(wait)
      seat.startedAt = performance.now()
      try {
        const host = this.#options.start()
        await host.started
        seat.host = host
        seat.coming = undefined
        this.#watch(seat)
        return host
      } catch (error) {
        this.#options.onError(error)
        if (this.#isClosing) throw error
      }
    }
  }
}

function begin(place: Place): () => void {
  const { seat } = place
  place.inFlight += 1
  seat.inFlight += 1
  let isThere = true
  return () => {
    if (!isThere) return
    isThere = false
    place.inFlight -= 1
    seat.inFlight -= 1
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, timerMs(ms, LONGEST_WAIT_MS))
  })
}
