import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { context } from '../../../src/tenancy/context.ts'
import { EnginePool } from '../../../src/tenancy/pool/pool.ts'
import type { PoolEvent, PoolOptions } from '../../../src/tenancy/pool/pool-options.ts'
import { contextOf, deferred, settle, until } from '../fixtures.ts'

class Engine {
  open = true
  bytes = 1
  readonly workspace: string
  constructor(workspace: string) {
    this.workspace = workspace
  }
}

function poolWith(options: Partial<PoolOptions<Engine>> = {}) {
  const events: PoolEvent[] = []
  const opened: string[] = []
  const pool = new EnginePool<Engine>({
    open: async (workspace) => {
      opened.push(workspace)
      return new Engine(workspace)
    },
    close: async (engine) => {
      await settle()
      engine.open = false
    },
    bytesOf: (engine) => engine.bytes,
    maxEngines: 2,
    maxBytes: 1000,
    idleMs: 0,
    // Only who waits in vain waits so long.
    acquireTimeoutMs: 60_000,
    onEvent: (event) => events.push(event),
    ...options,
  })
  onTestFinished(() => void pool.drain(0))
  return { pool, events, opened }
}

const exhausted = { code: 'pool_exhausted', statusCode: 503, retryAfterSeconds: 1 }

describe('engine pool', () => {
  it('opens a workspace once however many wait for it', async () => {
    const { pool, opened } = poolWith()
    const leases = await Promise.all(Array.from({ length: 50 }, () => pool.acquire('acme')))
    expect(opened).toEqual(['acme'])
    expect(new Set(leases.map((lease) => lease.engine)).size).toBe(1)
    expect(pool.stats()).toMatchObject({ engines: 1, ready: 1, leases: 50, waiting: 0 })
  })

  it('opens workspaces beside one another, so that a slow one keeps no other waiting', async () => {
    const slow = deferred<Engine>()
    const { pool, opened } = poolWith({
      open: async (workspace) => {
        opened.push(workspace)
        return workspace === 'slow' ? slow.promise : new Engine(workspace)
      },
    })
    const waiting = [pool.acquire('slow'), pool.acquire('slow')]
    await settle()
    const quick = pool.acquire('quick')
    await settle()
    expect(pool.stats()).toMatchObject({ opening: 1, ready: 1, leases: 1 })
    expect((await quick).engine.workspace).toBe('quick')
    slow.resolve(new Engine('slow'))
    await Promise.all(waiting)
    expect(opened).toEqual(['slow', 'quick'])
  })

  it('opens outside the context of the caller, and outside every other async store', async () => {
    const other = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    const { pool } = poolWith({
      open: async (workspace) => {
        seen.push(context.current(), other.getStore())
        return new Engine(workspace)
      },
    })
    const acme = contextOf('acme')
    await context.run(acme, () =>
      other.run('x', async () => {
        await pool.acquire('acme')
        expect(context.current()).toBe(acme)
      }),
    )
    expect(seen).toEqual([undefined, undefined])
  })

  it('gives a failed build to all who waited and builds anew for the next caller', async () => {
    let attempts = 0
    const { pool } = poolWith({
      open: async (workspace) => {
        attempts += 1
        if (attempts === 1) throw new Error('corrupt')
        return new Engine(workspace)
      },
    })
    const waiting = [pool.acquire('acme'), pool.acquire('acme', { background: true })]
    for (const one of waiting) await expect(one).rejects.toThrow('corrupt')
    expect((await pool.acquire('acme')).engine.open).toBe(true)
    expect(attempts).toBe(2)
  })

  it('treats an open that throws at once like one that rejects', async () => {
    const { pool } = poolWith({
      open: () => {
        throw new Error('at once')
      },
    })
    await expect(pool.acquire('acme')).rejects.toThrow('at once')
    expect(pool.stats().engines).toBe(0)
  })

  it('counts a release once', async () => {
    const { pool } = poolWith()
    const first = await pool.acquire('acme')
    await pool.acquire('acme')
    first.release()
    first.release()
    expect(pool.stats().leases).toBe(1)
  })

  it('makes room by closing the engine that was unused for longest', async () => {
    const { pool, events } = poolWith({ maxEngines: 3 })
    for (const name of ['a', 'b', 'c', 'a']) (await pool.acquire(name)).release()
    await pool.acquire('d')
    expect(events).toContainEqual({ type: 'closed', workspace: 'b', reason: 'room' })
    expect(pool.stats()).toMatchObject({ engines: 3, closed: 1 })
  })

  it('never closes a leased engine: the caller is sent away after a bounded wait', async () => {
    const { pool } = poolWith({ acquireTimeoutMs: 40 })
    const held = [await pool.acquire('a'), await pool.acquire('b')]
    await expect(pool.acquire('c')).rejects.toMatchObject(exhausted)
    expect(held.every((lease) => lease.engine.open)).toBe(true)
    expect(pool.stats()).toMatchObject({ waiting: 0, exhausted: 1 })
  })

  it('serves a waiting caller as soon as a lease ends', async () => {
    const { pool } = poolWith()
    const a = await pool.acquire('a')
    await pool.acquire('b')
    const waiting = pool.acquire('c')
    await settle()
    a.release()
    expect((await waiting).engine.workspace).toBe('c')
    expect(a.engine.open).toBe(false)
  })

  it('serves those who wait for room in the order they came', async () => {
    const { pool } = poolWith({ maxEngines: 1 })
    let lease = await pool.acquire('first')
    const order: string[] = []
    const waiting = ['c', 'a', 'b'].map(async (name) => {
      const got = await pool.acquire(name)
      order.push(name)
      return got
    })
    for (const next of waiting) {
      lease.release()
      lease = await next
    }
    expect(order).toEqual(['c', 'a', 'b'])
  })

  it('closes one engine for one waiting workspace, not one for every waiting caller', async () => {
    const { pool } = poolWith({ maxEngines: 3 })
    for (const name of ['a', 'b', 'c']) (await pool.acquire(name)).release()
    await Promise.all([pool.acquire('d'), pool.acquire('d'), pool.acquire('d')])
    expect(pool.stats()).toMatchObject({ engines: 3, closed: 1, leases: 3, draining: 0 })
  })

  it('closes no second engine for a workspace whose room is already being made', async () => {
    const gate = deferred()
    const { pool } = poolWith({ maxEngines: 3, close: () => gate.promise })
    for (const name of ['a', 'b', 'c']) (await pool.acquire(name)).release()
    const first = pool.acquire('d')
    await settle()
    const second = pool.acquire('d')
    await settle()
    expect(pool.stats()).toMatchObject({ draining: 1, ready: 2 })
    gate.resolve()
    await Promise.all([first, second])
  })

  it('sends callers away at once when too many wait', async () => {
    const { pool } = poolWith({ maxEngines: 1 })
    await pool.acquire('a')
    const waiting = Array.from({ length: 1024 }, (_, i) => pool.acquire(`b${i}`))
    await expect(pool.acquire('c')).rejects.toMatchObject({ code: 'pool_exhausted' })
    const refused = Promise.allSettled(waiting)
    await pool.drain(0)
    for (const one of await refused) {
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'pool_closed' } })
    }
  })

  it('does not time out a caller whose engine is being built', async () => {
    const gate = deferred<Engine>()
    const { pool } = poolWith({ open: () => gate.promise, acquireTimeoutMs: 5 })
    const waiting = pool.acquire('acme')
    await new Promise((resolve) => setTimeout(resolve, 30))
    gate.resolve(new Engine('acme'))
    expect((await waiting).engine.workspace).toBe('acme')
  })

  it('ends a wait when the signal fires, and keeps the engine for the next', async () => {
    const gate = deferred<Engine>()
    const { pool, events } = poolWith({ open: () => gate.promise })
    const abort = new AbortController()
    const waiting = pool.acquire('acme', { signal: abort.signal })
    await settle()
    abort.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    gate.resolve(new Engine('acme'))
    await settle()
    expect(pool.stats()).toMatchObject({ ready: 1, leases: 0 })
    expect(events.map((event) => event.type)).toEqual(['opened'])
  })

  it('reopens a workspace only after its close has settled', async () => {
    const closing = deferred()
    const log: string[] = []
    const { pool } = poolWith({
      open: async (workspace) => {
        log.push(`open ${workspace}`)
        return new Engine(workspace)
      },
      close: async () => {
        log.push('closing')
        await closing.promise
        log.push('closed')
      },
    })
    ;(await pool.acquire('acme')).release()
    const evicted = pool.evict('acme')
    const again = pool.acquire('acme')
    await settle()
    expect(log).toEqual(['open acme', 'closing'])
    closing.resolve()
    await evicted
    await again
    expect(log).toEqual(['open acme', 'closing', 'closed', 'open acme'])
  })

  it('survives a close that fails', async () => {
    const { pool, events } = poolWith({
      close: async () => {
        throw new Error('disk full')
      },
    })
    ;(await pool.acquire('acme')).release()
    await pool.evict('acme')
    expect(events).toContainEqual(expect.objectContaining({ type: 'close_failed' }))
    expect((await pool.acquire('acme')).engine.open).toBe(true)
  })

  it('evicts a leased engine only when its leases have ended', async () => {
    const { pool } = poolWith()
    const lease = await pool.acquire('acme')
    let evicted = false
    const eviction = pool.evict('acme').then(() => {
      evicted = true
    })
    const next = pool.acquire('acme')
    await settle()
    expect([evicted, lease.engine.open, pool.stats().draining]).toEqual([false, true, 1])
    lease.release()
    await eviction
    expect((await next).engine).not.toBe(lease.engine)
  })

  it('evicts an engine that is still opening', async () => {
    const gate = deferred<Engine>()
    const engines = [gate.promise, Promise.resolve(new Engine('acme'))]
    const { pool } = poolWith({ open: () => engines.shift() ?? Promise.reject(new Error('third')) })
    const waiting = pool.acquire('acme')
    await settle()
    const eviction = pool.evict('acme')
    const first = new Engine('acme')
    gate.resolve(first)
    await eviction
    expect(first.open).toBe(false)
    expect((await waiting).engine).not.toBe(first)
  })

  it('keeps a workspace shut while work on its files runs', async () => {
    const { pool, opened } = poolWith()
    for (const cold of [true, false]) {
      const gate = deferred()
      if (!cold) (await pool.acquire('acme')).release()
      opened.length = 0
      const work = pool.evict('acme', () => gate.promise)
      const waiting = pool.acquire('acme')
      await settle()
      expect(opened).toEqual([])
      gate.resolve()
      await work
      ;(await waiting).release()
      expect(opened).toEqual(['acme'])
      await pool.evict('acme')
    }
    const failing = pool.evict('acme', () => Promise.reject(new Error('busy file')))
    await expect(failing).rejects.toThrow('busy file')
    expect((await pool.acquire('acme')).engine.open).toBe(true)
  })

  it('closes engines that stay unused', async () => {
    const { pool, events } = poolWith({ idleMs: 20 })
    const busy = await pool.acquire('busy')
    ;(await pool.acquire('idle')).release()
    await until(() => events.some((event) => event.type === 'closed'))
    expect(events).toContainEqual({ type: 'closed', workspace: 'idle', reason: 'idle' })
    expect(busy.engine.open).toBe(true)
  })

  it('closes unused engines when the bytes exceed the bound, but not the last one', async () => {
    const { pool, events } = poolWith({ maxEngines: 5, maxBytes: 10 })
    ;(await pool.acquire('small')).release()
    const large = await pool.acquire('large')
    large.engine.bytes = 100
    large.release()
    await until(() => events.some((event) => event.type === 'closed'))
    expect(events).toContainEqual({ type: 'closed', workspace: 'small', reason: 'bytes' })
    await settle()
    expect(pool.stats()).toMatchObject({ engines: 1, bytes: 100 })
    ;(await pool.acquire('next')).release()
    expect(large.engine.open).toBe(false)
    expect(pool.stats()).toMatchObject({ engines: 1, bytes: 1 })
  })

  it('counts the bytes of closing engines as given back already', async () => {
    const gate = deferred()
    const { pool } = poolWith({ maxEngines: 5, maxBytes: 10, close: () => gate.promise })
    for (const name of ['a', 'b', 'c']) {
      const lease = await pool.acquire(name)
      lease.engine.bytes = name === 'c' ? 5 : 3
      lease.release()
    }
    await settle()
    ;(await pool.acquire('c')).release()
    await settle()
    expect(pool.stats()).toMatchObject({ draining: 1, ready: 2, bytes: 11 })
    gate.resolve()
  })

  it('opens nothing more while leased engines hold all the bytes', async () => {
    const { pool } = poolWith({ maxEngines: 5, maxBytes: 10, acquireTimeoutMs: 40 })
    const large = await pool.acquire('large')
    large.engine.bytes = 100
    ;(await pool.acquire('large')).release()
    await expect(pool.acquire('other')).rejects.toMatchObject(exhausted)
  })

  it('refuses a name that differs only in case from one in use', async () => {
    const { pool } = poolWith()
    await pool.acquire('Acme')
    await expect(pool.acquire('acme')).rejects.toMatchObject({ code: 'invalid_workspace' })
    await expect(pool.acquire('../acme')).rejects.toMatchObject({ code: 'invalid_workspace' })
    const both = [pool.acquire('Tech'), pool.acquire('tech')]
    const outcomes = await Promise.allSettled(both)
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected'])
  })
})

describe('busy workspaces', () => {
  // Patience is counted on a clock that only the test moves.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

  /** Keeps a workspace leased without a gap, as overlapping requests do, until told to stop. */
  function keepBusy(pool: EnginePool<Engine>, workspace: string) {
    let stopped = false
    const lane = async (delay: number) => {
      await pause(delay)
      while (!stopped) {
        const lease = await pool.acquire(workspace)
        await pause(12)
        lease.release()
      }
    }
    const lanes = Promise.all([lane(0), lane(4), lane(8)])
    return () => {
      stopped = true
      return lanes
    }
  }

  it('share the pool in turn with those who find no room', async () => {
    const { pool, events, opened } = poolWith({ acquireTimeoutMs: 800 })
    const stops = ['a', 'b', 'c', 'd'].map((name) => keepBusy(pool, name))
    for (let ms = 0; ms < 700; ms += 4) await pass(4)
    expect(new Set(opened).size).toBe(4)
    await Promise.all([...stops.map((stop) => stop()), pass(2000)])
    expect(events.filter((event) => event.type === 'exhausted')).toEqual([])
  })

  it('go on when a lease lasts longer than anybody would wait for it', async () => {
    const { pool } = poolWith({ maxEngines: 1, acquireTimeoutMs: 400 })
    const stream = await pool.acquire('a')
    const refused = expect(pool.acquire('b')).rejects.toMatchObject(exhausted)
    await pass(200)
    expect(pool.stats().draining).toBe(1)
    const more = pool.acquire('a')
    await pass(200)
    await refused
    expect((await more).engine).toBe(stream.engine)
    expect(stream.engine.open).toBe(true)
  })

  it('are evicted when that is asked for while they make room', async () => {
    const { pool } = poolWith({ maxEngines: 1, acquireTimeoutMs: 400 })
    const lease = await pool.acquire('a')
    const refused = expect(pool.acquire('b')).rejects.toMatchObject(exhausted)
    await pass(200)
    expect(pool.stats().draining).toBe(1)
    const eviction = pool.evict('a')
    await pass(200)
    await refused
    expect(pool.stats().draining).toBe(1)
    lease.release()
    await eviction
    expect(lease.engine.open).toBe(false)
  })
})

describe('background leases', () => {
  it('hold at most their share of the pool', async () => {
    const { pool } = poolWith({ maxEngines: 4 })
    const first = await pool.acquire('a', { background: true })
    await pool.acquire('b', { background: true })
    await pool.acquire('b', { background: true })
    let third = false
    const waiting = pool.acquire('c', { background: true }).then((lease) => {
      third = true
      return lease
    })
    await settle()
    expect(third).toBe(false)
    expect(pool.stats()).toMatchObject({ backgroundLeases: 3, backgroundWaiting: 1 })
    await Promise.all([pool.acquire('d'), pool.acquire('e')])
    first.release()
    await waiting
    expect(third).toBe(true)
  })

  it('yield to a request that waits for room', async () => {
    const { pool } = poolWith({ maxEngines: 2 })
    const job = await pool.acquire('jobs', { background: true })
    await pool.acquire('busy')
    const order: string[] = []
    const request = pool.acquire('request').then((lease) => {
      order.push('request')
      return lease
    })
    await settle()
    const nextJob = pool.acquire('jobs', { background: true }).then(() => order.push('job'))
    await settle()
    job.release()
    ;(await request).release()
    await nextJob
    expect(order).toEqual(['request', 'job'])
  })

  it('go on when the request they yielded to gave up', async () => {
    const { pool } = poolWith({ maxEngines: 2, acquireTimeoutMs: 30 })
    await pool.acquire('jobs', { background: true })
    await pool.acquire('busy')
    const refused = expect(pool.acquire('request')).rejects.toMatchObject(exhausted)
    await settle()
    const nextJob = pool.acquire('jobs', { background: true })
    await refused
    expect((await nextJob).engine.workspace).toBe('jobs')
  })
})

describe('draining the pool', () => {
  it('closes every engine as its leases end and takes no more callers', async () => {
    const { pool } = poolWith()
    const busy = await pool.acquire('busy')
    const idle = await pool.acquire('idle')
    idle.release()
    const waiting = pool.acquire('waiting', { background: true })
    const drained = pool.drain(60_000)
    await expect(waiting).rejects.toMatchObject({ code: 'pool_closed' })
    await expect(pool.acquire('late')).rejects.toMatchObject({ code: 'pool_closed' })
    await expect(pool.acquire('busy')).rejects.toMatchObject({ code: 'pool_closed' })
    busy.release()
    expect(await drained).toEqual([])
    expect([busy.engine.open, idle.engine.open]).toEqual([false, false])
  })

  it('names the workspaces still leased at the deadline and leaves them open', async () => {
    const { pool } = poolWith()
    const busy = await pool.acquire('busy')
    expect(await pool.drain(10)).toEqual(['busy'])
    expect(busy.engine.open).toBe(true)
  })

  it('closes an engine that finishes opening meanwhile', async () => {
    const gate = deferred<Engine>()
    const { pool } = poolWith({ open: () => gate.promise })
    const waiting = pool.acquire('acme').catch(() => undefined)
    await settle()
    const drained = pool.drain(60_000)
    const engine = new Engine('acme')
    gate.resolve(engine)
    expect(await drained).toEqual([])
    await waiting
    expect(engine.open).toBe(false)
  })
})
