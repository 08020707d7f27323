import { expect, it } from 'vitest'
import { context } from '../../../src/tenancy/context.ts'
import { EnginePool } from '../../../src/tenancy/pool/pool.ts'
import { closedError } from '../../../src/tenancy/pool/pool-errors.ts'
import { OpenStreams } from '../../../src/tenancy/proxy/open-streams.ts'
import { createProxy } from '../../../src/tenancy/proxy/proxy.ts'
import { contextOf, deferred, settle, until } from '../fixtures.ts'

class Teller {
  readonly gate = deferred()
  async *tell(): AsyncGenerator<string, void, undefined> {
    yield 'one'
    await this.gate.promise
    yield 'two'
  }
}

async function start() {
  const engine = new Teller()
  const ending = new AbortController()
  const pool = new EnginePool<Teller>({
    open: async () => engine,
    close: async () => undefined,
    maxEngines: 1,
    maxBytes: 1e9,
    idleMs: 0,
    acquireTimeoutMs: 60_000,
  })
  const options = { methods: [], streams: ['tell'] as const, pool, context }
  const teller = createProxy<Teller>({
    ...options,
    openStreams: new OpenStreams(ending.signal),
  })
  const stream = context.run(contextOf('acme'), () => teller.tell())
  expect(await stream.next()).toEqual({ done: false, value: 'one' })
  return { engine, ending, pool, stream }
}

const CLOSED = { code: 'pool_closed' }

it('tells who waits for a slow step that the server ends, and keeps the lease until it is over', async () => {
  const { engine, ending, pool, stream } = await start()
  const waiting = stream.next()
  await settle()
  ending.abort(closedError())
  await expect(waiting).rejects.toMatchObject(CLOSED)
  expect(pool.stats().leases).toBe(1)
  engine.gate.resolve()
  await until(() => pool.stats().leases === 0)
})

it('tells who reads on later that the server has ended', async () => {
  const { ending, pool, stream } = await start()
  ending.abort(closedError())
  await expect(stream.next()).rejects.toMatchObject(CLOSED)
  await until(() => pool.stats().leases === 0)
})
