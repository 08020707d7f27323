import { AsyncResource } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { context } from '../context.ts'
import type { TenancyError } from '../tenancy-error.ts'
import { parseWorkspaceName, workspaceKey } from '../workspace-name.ts'
import type { AcquireOptions, EngineSource, Lease } from './lease.ts'
import { closedError, exhaustedError, spellingError } from './pool-errors.ts'
import { PoolLease } from './pool-lease.ts'
import type { CloseReason, PoolOptions, PoolStats } from './pool-options.ts'
import { PoolRoom } from './pool-room.ts'
import { type EngineStats, engineGauges, engineStats } from './pool-stats.ts'
import { PoolWaiter } from './pool-waiter.ts'
import { PooledEngine } from './pooled-engine.ts'

const MAX_WAITING = 1024
/** Of the pool: what background leases may hold, at least one engine. */
const BACKGROUND_SHARE = 0.5
const LONGEST_SWEEP_MS = 30_000

/**
 * Opens, shares, bounds and closes engines: at most one per workspace at any moment.
 *
 * It is bounded by count, by bytes and by idle time. Only an engine without a lease is closed to
 * make room, the least recently used first; its workspace opens again only after the close has
 * settled. Callers who find no room wait in the order of their arrival, requests before background
 * work, and for a bounded time; after half of it, the engine that has been open for longest stops
 * taking callers, so that busy workspaces share the pool in turn.
 */
export class EnginePool<T extends object> implements EngineSource<T> {
  readonly #options: PoolOptions<T>
  readonly #engines = new Map<string, PooledEngine<T>>()
  /** Closing, and in nobody's way. */
  readonly #leaving = new Set<PooledEngine<T>>()
  /** Engines that could be closed, the one that was left first at the front. */
  readonly #unused = new Set<PooledEngine<T>>()
  readonly #requests = new Set<PoolWaiter<T>>()
  readonly #jobs = new Set<PoolWaiter<T>>()
  readonly #pinned: ReadonlySet<string>
  /** Engines and timers start here, so that they never carry the context of who came first. */
  readonly #outside = context.exit(() => new AsyncResource('EnginePool'))
  readonly #sweep: NodeJS.Timeout | undefined
  readonly #counts = { opened: 0, openFailed: 0, closed: 0, exhausted: 0 }
  #bytes = 0
  #shut = false
  #woken = false

  constructor(options: PoolOptions<T>) {
    if (!Number.isInteger(options.maxEngines) || options.maxEngines < 1 || options.maxBytes < 1) {
      throw new RangeError('maxEngines must be a whole number, and both bounds at least 1')
    }
    this.#options = options
    this.#pinned = new Set((options.pinned ?? []).map(workspaceKey))
    if (this.#pinned.size >= options.maxEngines) throw new RangeError('pinned leave no place')
    if (options.idleMs > 0) {
      const period = Math.min(Math.ceil(options.idleMs / 2), LONGEST_SWEEP_MS)
      this.#sweep = this.#apart(() => setInterval(() => this.#closeIdle(), period).unref())
    }
  }

  /**
   * Waits for the workspace's engine, opening it when need be.
   *
   * @throws {TenancyError} `pool_exhausted`, `pool_closed`, `invalid_workspace`
   * @throws what `open` throws, to all who wait for that attempt; the next caller tries anew
   */
  async acquire(workspace: string, options: AcquireOptions = {}): Promise<Lease<T>> {
    const { background = false, signal } = options
    if (this.#shut) throw closedError()
    signal?.throwIfAborted()
    const key = workspaceKey(parseWorkspaceName(workspace))
    const present = this.#engines.get(key)
    if (present !== undefined && present.workspace !== workspace) throw spellingError()
    if (!background && present?.state === 'ready') return this.#grant(present, false)
    return this.#wait({ key, workspace, background, signal })
  }

  /** The lease of an engine that stands ready; undefined when `acquire` has to decide. */
  leaseNow(workspace: string): Lease<T> | undefined {
    const entry = this.#shut ? undefined : this.#engines.get(workspaceKey(workspace))
    if (entry?.state !== 'ready' || entry.workspace !== workspace) return undefined
    return this.#grant(entry, false)
  }

  /**
   * Closes the workspace's engine once its leases have ended, and resolves then. Callers who come
   * meanwhile wait.
   *
   * @param whileClosed runs before the workspace may be opened again, engine or not; its failure
   * is the caller's
   */
  async evict(workspace: string, whileClosed?: () => Promise<void>): Promise<void> {
    const key = workspaceKey(parseWorkspaceName(workspace))
    let entry = this.#engines.get(key)
    if (entry === undefined) {
      if (whileClosed === undefined) return
      entry = new PooledEngine<T>(key, workspace)
      entry.state = 'draining'
      this.#engines.set(key, entry)
    }
    const done =
      whileClosed === undefined ? entry.whenClosed : entry.runBeforeReopening(whileClosed)
    this.#drainEngine(entry, 'evicted')
    await done
  }

  /**
   * Takes no more callers, sends the waiting ones away, and closes each engine as its leases end.
   *
   * @returns the workspaces still leased after `deadlineMs`. Their engines stay as they are.
   */
  async drain(deadlineMs: number): Promise<string[]> {
    this.#shut = true
    clearInterval(this.#sweep)
    for (const waiter of [...this.#requests, ...this.#jobs]) waiter.refuse(closedError())
    const entries = this.#entries()
    for (const entry of entries) this.#drainEngine(entry, 'shutdown')
    const closed = Promise.all(entries.map((entry) => entry.whenClosed))
    await Promise.race([closed, sleep(deadlineMs, undefined, { ref: false })])
    return this.#entries().map((entry) => entry.workspace)
  }

  stats(): PoolStats {
    return {
      ...engineGauges(this.#entries()),
      bytes: this.#bytes,
      waiting: this.#requests.size,
      backgroundWaiting: this.#jobs.size,
      ...this.#counts,
    }
  }

  /** Each workspace that is open, opening or closing. */
  engines(): EngineStats[] {
    return this.#entries().map(engineStats)
  }

  #wait(wanted: Pick<PoolWaiter<T>, 'key' | 'workspace' | 'background'> & AcquireOptions) {
    const queue = wanted.background ? this.#jobs : this.#requests
    if (!wanted.background && queue.size >= MAX_WAITING) throw this.#exhausted(wanted.workspace)
    const waiter = new PoolWaiter<T>({
      key: wanted.key,
      workspace: wanted.workspace,
      background: wanted.background,
      signal: wanted.signal,
      onEnd: (ended) => {
        queue.delete(ended)
        this.#wake()
      },
    })
    queue.add(waiter)
    if (!wanted.background) {
      this.#apart(() =>
        waiter.limit(this.#options.acquireTimeoutMs / 2, () => this.#losePatience(waiter)),
      )
    }
    this.#wake()
    return waiter.lease
  }

  #losePatience(waiter: PoolWaiter<T>): void {
    waiter.impatient = true
    waiter.limit(this.#options.acquireTimeoutMs / 2, () => this.#timeOut(waiter))
    this.#wake()
  }

  #timeOut(waiter: PoolWaiter<T>): void {
    // Its engine has a place and is being built: how long that takes is the engine's affair.
    if (this.#engines.get(waiter.key)?.state === 'opening') return
    waiter.refuse(this.#exhausted(waiter.workspace))
  }

  #exhausted(workspace: string): TenancyError {
    this.#counts.exhausted += 1
    this.#options.onEvent?.({ type: 'exhausted', workspace })
    return exhaustedError(this.#options.acquireTimeoutMs)
  }

  #wake(): void {
    if (this.#woken) return
    this.#woken = true
    queueMicrotask(() => {
      this.#woken = false
      this.#serve()
    })
  }

  /** Gives every waiter what can be given now, in order of arrival, requests first. */
  #serve(): void {
    const room = new PoolRoom(this.#entries().filter(({ closing }) => closing).length)
    let starved = false
    const impatient = new Set<string>()
    for (const waiter of this.#requests) {
      if (this.#advance(waiter, room)) continue
      starved = true
      if (waiter.impatient) impatient.add(waiter.key)
    }
    this.#handOver(impatient.size)
    // Background work takes nothing while a request finds no room: not even an engine it could
    // have at once, because a lease would keep that engine from making the room.
    if (!starved) this.#serveJobs(room)
    this.#closeForBytes()
  }

  /**
   * Lets as many busy engines as there are impatient workspaces run out of leases, those that have
   * been open for longest. Else a few workspaces that are never quite unused would keep all others
   * out. One that does not run out in time goes on as if nothing had been.
   */
  #handOver(wanted: number): void {
    const entries = this.#entries()
    const yielding = entries.filter((entry) => entry.yielding)
    for (const entry of yielding.slice(wanted)) {
      entry.resume()
      this.#wake()
    }
    const busy = entries.filter((entry) => entry.busy && !this.#pinned.has(entry.key))
    busy.sort((one, other) => one.turnSince - other.turnSince)
    for (const entry of busy.slice(0, Math.max(0, wanted - yielding.length))) {
      this.#drainEngine(entry, 'room')
    }
  }

  #serveJobs(room: PoolRoom): void {
    const most = Math.max(1, Math.floor(this.#options.maxEngines * BACKGROUND_SHARE))
    const held = new Set<string>()
    for (const entry of this.#engines.values()) {
      if (entry.backgroundLeases > 0) held.add(entry.key)
    }
    for (const waiter of this.#jobs) {
      if (!held.has(waiter.key) && held.size >= most) continue
      held.add(waiter.key)
      if (!this.#advance(waiter, room)) return
    }
  }

  /** False when there is no room for the waiter's engine, and none is about to come free. */
  #advance(waiter: PoolWaiter<T>, room: PoolRoom): boolean {
    const entry = this.#engines.get(waiter.key)
    if (entry !== undefined && entry.workspace !== waiter.workspace) {
      waiter.refuse(spellingError())
      return true
    }
    if (entry?.state === 'ready') waiter.grant(this.#grant(entry, waiter.background))
    if (entry !== undefined || room.isReservedFor(waiter.key)) return true
    if (this.#hasRoom()) {
      this.#open(waiter)
      return true
    }
    if (room.reserveFor(waiter.key)) return true
    const [victim] = this.#unused
    if (victim === undefined) return false
    this.#drainEngine(victim, 'room')
    room.add()
    return room.reserveFor(waiter.key)
  }

  #hasRoom(): boolean {
    if (this.#engines.size + this.#leaving.size >= this.#options.maxEngines) return false
    if (this.#bytes < this.#options.maxBytes) return true
    // Pinned engines that fill the memory must not keep all others out for good.
    return [...this.#engines.keys()].every((key) => this.#pinned.has(key))
  }

  #grant(entry: PooledEngine<T>, background: boolean): Lease<T> {
    this.#unused.delete(entry)
    return new PoolLease(entry, background, this.#afterLease)
  }

  // A field, made once: each lease would else bring a function of its own.
  readonly #afterLease = (entry: PooledEngine<T>): void => {
    this.#measure(entry)
    if (entry.leases === 0) this.#putAside(entry)
    if (this.#requests.size + this.#jobs.size > 0 || this.#bytes > this.#options.maxBytes) {
      this.#wake()
    }
  }

  #putAside(entry: PooledEngine<T>): void {
    if (entry.closeReason !== undefined) {
      this.#drainEngine(entry, entry.closeReason)
    } else if (entry.unused && !this.#pinned.has(entry.key)) {
      entry.idleSince = performance.now()
      this.#unused.add(entry)
    }
  }

  #open(waiter: PoolWaiter<T>): void {
    const entry = new PooledEngine<T>(waiter.key, waiter.workspace)
    this.#engines.set(entry.key, entry)
    const started = performance.now()
    const build = async () => this.#options.open(entry.workspace)
    this.#apart(build).then(
      (engine) => this.#opened(entry, engine, performance.now() - started),
      (error: unknown) => this.#openFailed(entry, error),
    )
  }

  #opened(entry: PooledEngine<T>, engine: T, ms: number): void {
    entry.engine = engine
    entry.begin()
    this.#counts.opened += 1
    this.#measure(entry)
    this.#options.onEvent?.({ type: 'opened', workspace: entry.workspace, ms })
    // Those who waited for it come before it may be chosen to make room for others.
    if (entry.closeReason === undefined) this.#serve()
    if (entry.leases === 0) this.#putAside(entry)
    this.#wake()
  }

  #openFailed(entry: PooledEngine<T>, error: unknown): void {
    this.#counts.openFailed += 1
    this.#options.onEvent?.({ type: 'open_failed', workspace: entry.workspace, error })
    for (const waiter of [...this.#requests, ...this.#jobs]) {
      if (waiter.key === entry.key) waiter.refuse(error)
    }
    entry.state = 'draining'
    this.#drainEngine(entry, 'evicted')
  }

  #drainEngine(entry: PooledEngine<T>, reason: CloseReason): void {
    // A decision to close stands; making room is one that may be taken back.
    if (entry.closeReason === undefined || entry.closeReason === 'room') entry.closeReason = reason
    this.#unused.delete(entry)
    if (entry.state === 'opening') return
    entry.state = 'draining'
    if (entry.leases > 0 || entry.closing) return
    entry.closing = true
    if (this.#letsOthersIn(entry)) {
      this.#engines.delete(entry.key)
      this.#leaving.add(entry)
    }
    void this.#apart(() => this.#close(entry, reason))
  }

  async #close(entry: PooledEngine<T>, reason: CloseReason): Promise<void> {
    const { workspace, engine } = entry
    if (engine !== undefined) {
      try {
        await this.#options.close(engine)
        this.#options.onEvent?.({ type: 'closed', workspace, reason })
      } catch (error) {
        this.#options.onEvent?.({ type: 'close_failed', workspace, error })
      }
      this.#counts.closed += 1
    }
    for (let task = entry.beforeReopening.shift(); task; task = entry.beforeReopening.shift()) {
      await task()
    }
    if (!this.#leaving.delete(entry)) this.#engines.delete(entry.key)
    this.#bytes -= entry.bytes
    entry.engine = undefined
    entry.markClosed()
    this.#wake()
  }

  #closeIdle(): void {
    const before = performance.now() - this.#options.idleMs
    for (const entry of this.#unused) {
      if (entry.idleSince <= before) this.#drainEngine(entry, 'idle')
    }
  }

  #closeForBytes(): void {
    let bytes = this.#bytes
    if (bytes <= this.#options.maxBytes) return
    let open = 0
    for (const entry of this.#entries()) {
      if (entry.closing) bytes -= entry.bytes
      else open += 1
    }
    // One engine alone may be larger than the bound: closing it would only open it again.
    for (; bytes > this.#options.maxBytes && open > 1; open -= 1) {
      const [victim] = this.#unused
      if (victim === undefined) return
      bytes -= victim.bytes
      this.#drainEngine(victim, 'bytes')
    }
  }

  #entries(): PooledEngine<T>[] {
    return [...this.#engines.values(), ...this.#leaving]
  }

  /** What has to run before the workspace opens again keeps it closed. */
  #letsOthersIn({ engine, beforeReopening }: PooledEngine<T>): boolean {
    const isShared = engine !== undefined && this.#options.isExclusive?.(engine) === false
    return isShared && beforeReopening.length === 0
  }

  #measure(entry: PooledEngine<T>): void {
    if (entry.engine === undefined || this.#options.bytesOf === undefined) return
    const bytes = this.#options.bytesOf(entry.engine)
    this.#bytes += bytes - entry.bytes
    entry.bytes = bytes
  }

  #apart<R>(work: () => R): R {
    return this.#outside.runInAsyncScope(work)
  }
}
