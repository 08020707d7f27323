import { expect, it } from 'vitest'
import { EnginePool } from '../../../src/tenancy/pool/pool.ts'
import { deferred } from '../fixtures.ts'

interface Engine {
  readonly number: number
}

/** A pool whose engines take until `closing` to close. */
function poolOf(isExclusive: boolean | undefined, maxEngines = 4) {
  const closing = deferred<void>()
  let opened = 0
  const pool = new EnginePool<Engine>({
    open: async () => ({ number: ++opened }),
    close: () => closing.promise,
    ...(isExclusive === undefined ? {} : { isExclusive: () => isExclusive }),
    maxEngines,
    maxBytes: 1000,
    idleMs: 0,
    acquireTimeoutMs: 60_000,
  })
  return { pool, closing, opened: () => opened }
}

/** Opens an engine and begins to close it. */
async function leave(pool: EnginePool<Engine>): Promise<void> {
  const lease = await pool.acquire('acme')
  void pool.evict('acme')
  lease.release()
}

it.each([true, undefined])(
  'an engine that keeps others out is awaited before its workspace opens again (%s)',
  async (isExclusive) => {
    const { pool, closing, opened } = poolOf(isExclusive)
    await leave(pool)
    const next = pool.acquire('acme')
    // Another is opened after it was asked for, so this one would be open by now.
    await pool.acquire('other')
    expect(opened()).toBe(2)
    closing.resolve()
    expect((await next).engine.number).toBe(3)
  },
)

it('a workspace that stores share opens again while an engine of it still closes', async () => {
  const { pool, closing } = poolOf(false)
  await leave(pool)
  expect((await pool.acquire('acme')).engine.number).toBe(2)
  expect(pool.stats()).toMatchObject({ engines: 2, ready: 1, draining: 1 })
  closing.resolve()
  await expect.poll(() => pool.stats().engines).toBe(1)
})

it('engines that still close take their places in the pool', async () => {
  const { pool, closing, opened } = poolOf(false, 2)
  await leave(pool)
  await pool.acquire('second')
  const third = pool.acquire('third')
  await Promise.resolve()
  expect(opened()).toBe(2)
  closing.resolve()
  expect((await third).engine.number).toBe(3)
})

it('what has to run while a workspace is closed keeps even a shared one closed', async () => {
  const { pool, closing, opened } = poolOf(false)
  const lease = await pool.acquire('acme')
  const work = deferred<void>()
  const evicted = pool.evict('acme', () => work.promise)
  lease.release()
  const next = pool.acquire('acme')
  closing.resolve()
  await pool.acquire('other')
  expect(opened()).toBe(2)
  work.resolve()
  await evicted
  expect((await next).engine.number).toBe(3)
})
