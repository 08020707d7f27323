import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Lease } from '../../../src/tenancy/pool/lease.ts'
import { EnginePool } from '../../../src/tenancy/pool/pool.ts'
import { settle } from '../fixtures.ts'

const WORKSPACES = ['a', 'b', 'c', 'd', 'e']
/** Random interleavings; `npm run model` asks for many more. */
const RUNS = Number(process.env.MODEL_RUNS ?? 1500)

/** Watches, from the outside, what must hold of every engine at every moment. */
class Watched {
  static alive = new Map<string, Watched>()
  leases = 0
  closed = false
  readonly workspace: string
  readonly bytes: number
  constructor(workspace: string, bytes: number) {
    if (Watched.alive.has(workspace)) throw new Error(`two engines of ${workspace}`)
    this.workspace = workspace
    this.bytes = bytes
    Watched.alive.set(workspace, this)
  }
  close() {
    if (this.leases > 0) throw new Error(`closed while leased: ${this.workspace}`)
    if (this.closed) throw new Error(`closed twice: ${this.workspace}`)
    this.closed = true
  }
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('acquire' as const),
      workspace: fc.constantFrom(...WORKSPACES),
      background: fc.boolean(),
      abort: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('release' as const),
      which: fc.nat(50),
      twice: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('evict' as const),
      workspace: fc.constantFrom(...WORKSPACES),
      exclusive: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pause' as const), turns: fc.nat(3) }) },
)

const plan = fc.record({
  maxEngines: fc.integer({ min: 1, max: 4 }),
  maxBytes: fc.integer({ min: 1, max: 12 }),
  /** For each opening in turn: turns it takes, bytes, whether it fails. */
  openings: fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 5 }), fc.nat(5)), {
    minLength: 1,
    maxLength: 8,
  }),
  /** Kept open once it is, where the pool has place for two. */
  pinned: fc.option(fc.constantFrom(...WORKSPACES), { nil: undefined }),
  /** The step before which the pool is shut, where it is. */
  shutAt: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.nat(59) },
  ),
  steps: fc.array(step, { minLength: 5, maxLength: 60 }),
})

type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await settle()
}

/** A pool whose engines and closes break loudly when a promise of the pool is broken. */
function poolOf({ maxEngines, maxBytes, openings, pinned }: Plan) {
  const broken: string[] = []
  let opening = 0
  let building = 0
  const pool = new EnginePool<Watched>({
    open: async (workspace) => {
      const [delay, bytes, luck] = openings[opening++ % openings.length] ?? [0, 1, 1]
      if (Watched.alive.has(workspace)) broken.push(`two engines of ${workspace}`)
      building += 1
      if (Watched.alive.size + building > maxEngines) broken.push('more engines than allowed')
      await turns(delay)
      building -= 1
      if (luck === 0) throw new Error('planned')
      return new Watched(workspace, bytes)
    },
    close: async (engine) => {
      try {
        engine.close()
      } catch (error) {
        broken.push(String(error))
      }
      await turns(1)
      Watched.alive.delete(engine.workspace)
    },
    bytesOf: (engine) => engine.bytes,
    maxEngines,
    maxBytes,
    idleMs: 0,
    acquireTimeoutMs: 60_000,
    pinned: pinned !== undefined && maxEngines > 1 ? [pinned] : [],
    onEvent: (event) => {
      if (event.type !== 'closed' || maxEngines === 1 || event.workspace !== pinned) return
      if (event.reason !== 'evicted' && event.reason !== 'shutdown') {
        broken.push(`closed a pinned engine: ${event.reason}`)
      }
    },
  })
  return { pool, broken }
}

it('keeps its promises whatever its callers do, and serves all of them in the end', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (planned) => {
      Watched.alive.clear()
      const { pool, broken } = poolOf(planned)
      const held: { lease: Lease<Watched>; background: boolean }[] = []
      const outcomes: Promise<void>[] = []
      let draining = false
      let shut = false

      const giveBack = (which: number, twice = false) => {
        const [taken] = held.splice(which % Math.max(1, held.length), 1)
        if (taken === undefined) return
        taken.lease.engine.leases -= 1
        taken.lease.release()
        if (twice) taken.lease.release()
        // More is possible: a lease was granted whose caller has not run yet.
        if (pool.stats().leases < held.length) broken.push('counts too few leases')
      }
      const acquire = (workspace: string, background: boolean, abort: boolean) => {
        const controller = new AbortController()
        const outcome = pool.acquire(workspace, { background, signal: controller.signal }).then(
          (lease) => {
            if (lease.engine.closed) broken.push('granted a closed engine')
            if (lease.engine.workspace !== workspace) broken.push('granted a foreign engine')
            lease.engine.leases += 1
            held.push({ lease, background })
            const jobs = new Set(
              held.filter((one) => one.background).map((one) => one.lease.engine),
            )
            const most = Math.max(1, Math.floor(planned.maxEngines / 2))
            if (jobs.size > most) broken.push('background work holds more than its share')
            if (draining) giveBack(held.length - 1)
          },
          (error: Error) => {
            const expected = [
              'planned',
              'aborted',
              ...(shut ? ['The server is shutting down'] : []),
            ]
            if (!expected.includes(error.message)) broken.push(String(error))
          },
        )
        outcomes.push(outcome)
        if (abort) queueMicrotask(() => controller.abort(new Error('aborted')))
      }

      for (const [index, one] of planned.steps.entries()) {
        if (index === planned.shutAt) {
          shut = true
          outcomes.push(pool.drain(0).then(() => undefined))
        }
        if (one.kind === 'acquire') acquire(one.workspace, one.background, one.abort)
        else if (one.kind === 'release') giveBack(one.which, one.twice)
        else if (one.kind === 'pause') await turns(one.turns)
        else if (one.exclusive) {
          const alone = async () => {
            if (Watched.alive.has(one.workspace)) broken.push('not alone')
            await turns(1)
            if (Watched.alive.has(one.workspace)) broken.push('not alone any more')
          }
          outcomes.push(pool.evict(one.workspace, alone))
        } else outcomes.push(pool.evict(one.workspace))
      }

      draining = true
      while (held.length > 0) giveBack(0)
      await Promise.all(outcomes)
      while (held.length > 0) giveBack(0)
      expect(broken).toEqual([])
      expect(pool.stats()).toMatchObject({
        leases: 0,
        backgroundLeases: 0,
        waiting: 0,
        backgroundWaiting: 0,
      })
      expect(await pool.drain(60_000)).toEqual([])
      expect(pool.stats()).toMatchObject({ engines: 0, bytes: 0 })
      expect([...Watched.alive.keys()]).toEqual([])
    }),
    { numRuns: RUNS },
  )
}, 600_000)
