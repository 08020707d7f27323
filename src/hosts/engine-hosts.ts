import { workspaceKey } from '../tenancy/workspace-name.ts'
import type { EngineHost, HostExit } from './engine-host.ts'
import { ChannelClosed } from './host-channel.ts'
import { hostLost } from './host-lost.ts'
import { type HostSeat, KeptSeat } from './host-seat.ts'
import { endHost, LoneSeat, Quarantine } from './quarantine.ts'
import { Suspicions } from './suspicions.ts'
import { unlessEnded } from './unless-ended.ts'

/** Where a workspace is served. */
interface Place {
  readonly workspace: string
  seat: HostSeat
  /** While it goes from one seat to another. */
  moving: Promise<void> | undefined
  /** Those that keep it closed, each once those before it have ended. */
  readonly closings: Set<Closing>
}

interface Closing {
  /** The host that keeps it closed while it lives. */
  readonly by: EngineHost
  readonly until: Promise<void>
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
  /** Told of a host that ended by itself, and of the workspaces that it served. */
  readonly onEnd: (host: EngineHost, exit: HostExit, workspaces: readonly string[]) => void
  readonly onError: (error: unknown) => void
}

/**
 * The processes that hold engines. A workspace is served by one of them, chosen when it is first asked
 * for: the one with the least to do. A host that ended has a successor at once, which takes over its
 * workspaces; nothing of them is open elsewhere before its end was seen. A workspace that ends hosts
 * by what is asked of it comes into one of its own.
 */
export class EngineHosts {
  readonly suspicions = new Suspicions()
  readonly #options: EngineHostsOptions
  readonly #seats: readonly KeptSeat[]
  readonly #quarantine: Quarantine
  readonly #places = new Map<string, Place>()
  #nextId = 0
  #isClosing = false

  constructor(options: EngineHostsOptions) {
    this.#options = options
    const { start, onError } = options
    const starts = {
      start,
      onError,
      onEnd: (host: EngineHost, exit: HostExit) => this.#ended(host, exit),
    }
    this.#quarantine = new Quarantine(starts, this.suspicions)
    this.#seats = Array.from({ length: options.count }, () => new KeptSeat(starts))
  }

  /** Hosts that take requests and calls. */
  get ready(): EngineHost[] {
    return this.living.filter(({ isReady }) => isReady)
  }

  /** Those, and others that still come up. */
  get living(): EngineHost[] {
    return [...this.#seats.map(({ host }) => host), ...this.#quarantine.hosts].filter(
      (host) => !host.hasEnded,
    )
  }

  /** Resolves when all have come up once. */
  async started(): Promise<void> {
    await Promise.all(this.#seats.map(({ host }) => host.started))
  }

  /**
   * Waits for the host of a workspace.
   *
   * @throws {RequestError} `host_lost` when there is none for now
   */
  async enter(workspace: string): Promise<Visit> {
    const place = this.#placeOf(workspace)
    for (;;) {
      await this.#settled(place)
      const { seat } = place
      // Counted before it is waited for: who comes meanwhile goes elsewhere.
      const leave = begin(seat)
      try {
        const host = await seat.ready()
        if (place.seat === seat) {
          const foreign = [...place.closings].filter(({ by }) => by !== host)
          if (foreign.length === 0) return { host, leave }
          await Promise.all(foreign.map(({ until }) => until))
        }
      } catch (error) {
        leave()
        if (!(error instanceof ChannelClosed)) throw error
        throw hostLost('The part of the server that serves this has ended.', { cause: error })
      }
      leave()
    }
  }

  /**
   * Closes the engine of a workspace once its leases have ended. Callers who come meanwhile wait,
   * and so does who closes it as well.
   *
   * @param whileClosed runs before it may be opened again
   */
  async evict(workspace: string, whileClosed: () => Promise<void>): Promise<void> {
    const place = this.#placeOf(workspace)
    const id = this.#nextId++
    const { host, leave } = await this.enter(workspace)
    let open = () => {}
    const until = new Promise<void>((resolve) => {
      open = resolve
    })
    const before = [...place.closings].map((earlier) => earlier.until)
    const closing: Closing = { by: host, until }
    // Now, for nobody says when the host ends; as long as it lives it has callers wait by itself.
    place.closings.add(closing)
    try {
      // A host that ends has closed it as well, and keeps no order any more.
      await unlessEnded(host, host.channel.call('holdClosed', id, workspace))
      await Promise.all(before)
      await whileClosed()
    } finally {
      place.closings.delete(closing)
      open()
      host.channel.tell('letOpen', id)
      leave()
    }
  }

  /** The host of a workspace that is served at present. */
  hostOf(workspace: string): EngineHost | undefined {
    const host = this.#places.get(workspaceKey(workspace))?.seat.host
    return host?.isReady === true ? host : undefined
  }

  /** Ends the quarantine of a workspace; false where it was in none. */
  free(workspace: string): boolean {
    const wasThere = this.suspicions.free(workspace)
    const place = this.#places.get(workspaceKey(workspace))
    if (place !== undefined) this.#settled(place).catch(this.#options.onError)
    return wasThere
  }

  async close(deadlineMs: number): Promise<void> {
    this.#isClosing = true
    for (const seat of this.#seats) seat.close()
    await Promise.all(this.living.map((host) => endHost(host, deadlineMs)))
  }

  #placeOf(workspace: string): Place {
    const key = workspaceKey(workspace)
    const known = this.#places.get(key)
    if (known !== undefined) return known
    const seat = this.#leastLoaded()
    const place: Place = { workspace, seat, moving: undefined, closings: new Set() }
    seat.workspaces += 1
    this.#places.set(key, place)
    return place
  }

  #leastLoaded(): HostSeat {
    const [seat] = this.#seats.toSorted(
      (one, other) => one.inFlight - other.inFlight || one.workspaces - other.workspaces,
    )
    if (seat === undefined) throw new RangeError('There are no hosts')
    return seat
  }

  /** Brings a workspace back among the others when its quarantine is over and nobody uses it. */
  async #settled(place: Place): Promise<void> {
    const { seat, workspace } = place
    if (
      seat instanceof LoneSeat &&
      seat.inFlight === 0 &&
      !this.suspicions.isQuarantined(workspace)
    ) {
      place.moving ??= seat.vacate().finally(() => {
        move(place, this.#leastLoaded())
        place.moving = undefined
      })
    }
    await place.moving
  }

  #ended(host: EngineHost, exit: HostExit): void {
    if (this.#isClosing) return
    const { suspect } = exit
    if (suspect !== null) this.suspicions.blame(suspect)
    const served: string[] = []
    for (const place of this.#places.values()) {
      if (place.seat.host !== host) continue
      served.push(place.workspace)
      // It is open nowhere at this moment.
      if (!(place.seat instanceof LoneSeat) && this.suspicions.isQuarantined(place.workspace)) {
        move(place, this.#quarantine.seatFor(place.workspace))
      }
    }
    this.#options.onEnd(host, exit, served)
  }
}

function move(place: Place, seat: HostSeat): void {
  place.seat.workspaces -= 1
  place.seat = seat
  seat.workspaces += 1
}

function begin(seat: HostSeat): () => void {
  seat.inFlight += 1
  let isThere = true
  return () => {
    if (!isThere) return
    isThere = false
    seat.inFlight -= 1
  }
}
