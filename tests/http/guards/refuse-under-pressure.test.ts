import Fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { announce, announced } from '../../../src/engine/work/announced-work.ts'
import { announceRequests } from '../../../src/http/guards/announce-requests.ts'
import { LoopCharges, refuseUnderPressure } from '../../../src/http/guards/refuse-under-pressure.ts'
import { httpConventions, httpServerOptions } from '../../../src/http/http-conventions.ts'
import { sleep } from '../../routes/rest-client.ts'

/** Holds the event loop. */
function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

async function start(options: Parameters<typeof refuseUnderPressure>[1]): Promise<FastifyInstance> {
  const app = Fastify(httpServerOptions)
  await app.register(announceRequests, {
    workOf: (request) => ({
      workspace: options.workspaceOf?.(request) ?? '',
      stage: 'request',
      request: request.id,
    }),
  })
  await app.register(refuseUnderPressure, options)
  await app.register(httpConventions)
  app.get('/health', async () => ({ status: 'healthy' }))
  app.get('/things', async () => 'all')
  app.get('/heavy', async () => block(400))
  app.post('/parsed', async () => 'parsed')
  onTestFinished(() => app.close())
  return app
}

it('an overloaded server says when to come back, and that it lives', async () => {
  const app = await start({ maxEventLoopDelayMs: 300 })
  let reply = await app.inject({ url: '/heavy' })
  while (reply.statusCode === 200) {
    await sleep(30)
    reply = await app.inject({ url: '/heavy' })
  }
  expect(reply.statusCode).toBe(503)
  expect(reply.headers['retry-after']).toBe('5')
  expect(reply.json()).toEqual({ detail: expect.stringContaining('overloaded') })
  expect((await app.inject({ url: '/health' })).json()).toEqual({ status: 'healthy' })
})

it('a loop that stood still for less than the limit refuses nobody', async () => {
  const app = await start({ maxEventLoopDelayMs: 60_000 })
  for (let round = 0; round < 10; round += 1) {
    block(100)
    await sleep(1)
    expect((await app.inject({ url: '/things' })).statusCode).toBe(200)
  }
})

it('the caller who holds the loop is refused, and others are served', async () => {
  const app = await start({
    maxEventLoopDelayMs: 300,
    callerOf: ({ headers }) => String(headers['x-caller']),
  })
  const ask = (caller: string, url: string) =>
    app.inject({ url, headers: { 'x-caller': caller } }).then(({ statusCode }) => statusCode)
  let refused = 0
  while (refused < 5) {
    if ((await ask('heavy', '/heavy')) === 503) refused += 1
    expect(await ask('light', '/things')).toBe(200)
    await sleep(30)
  }
})

describe('work that is announced', () => {
  const byHeaders = {
    maxEventLoopDelayMs: 300,
    callerOf: ({ headers }) => String(headers['x-caller']),
    workspaceOf: ({ headers }) => String(headers['x-workspace']),
  } satisfies Parameters<typeof refuseUnderPressure>[1]
  const asker = (app: FastifyInstance) => (caller: string, workspace: string) =>
    app
      .inject({ url: '/things', headers: { 'x-caller': caller, 'x-workspace': workspace } })
      .then(({ statusCode }) => statusCode)

  it('has the workspace refused whose documents hold the loop, and nobody else', async () => {
    const app = await start(byHeaders)
    const ask = asker(app)
    let refused = 0
    while (refused < 3) {
      const asked = ask('light', 'globex')
      announce({ workspace: 'acme', stage: 'extract', document: 'doc-1' })
      block(400)
      announce(null)
      // Taken up right before, and done with right after: that one is no cause of it.
      expect(await asked).toBe(200)
      await sleep(30)
      if ((await ask('ann', 'acme')) === 503) refused += 1
      expect(await ask('light', 'globex')).toBe(200)
      // Who goes on like this has all refused in the end.
      await sleep(1100)
    }
  })

  it('has the caller of a call refused, and not all of the workspace', async () => {
    const app = await start(byHeaders)
    app.get('/call', async (request) => {
      await sleep(1)
      announce({ workspace: 'acme', stage: 'query', request: request.id })
      block(400)
    })
    const ask = asker(app)
    let refused = 0
    while (refused < 5) {
      const headers = { 'x-caller': 'heavy', 'x-workspace': 'acme' }
      const [heavy, light] = await Promise.all([
        app.inject({ url: '/call', headers }),
        ask('light', 'acme'),
      ])
      expect(light).toBe(200)
      if (heavy.statusCode === 503) refused += 1
      await sleep(30)
    }
  })
})

it('a request is announced before its body is parsed and before its answer is written', async () => {
  const app = Fastify(httpServerOptions)
  onTestFinished(() => app.close())
  await app.register(announceRequests, {
    workOf: ({ id }) => ({ workspace: 'acme', stage: 'request', request: id }),
  })
  const seen: (string | undefined)[] = []
  const see = () => seen.push(announced()?.stage)
  app.addContentTypeParser('application/x-any', { parseAs: 'string' }, async () => see())
  app.post('/things', async () => {
    announce({ workspace: 'globex', stage: 'query' })
    return {
      toJSON: () => {
        see()
        return {}
      },
    }
  })
  await app.ready()
  const headers = { 'content-type': 'application/x-any' }
  const asked = app.inject({ method: 'POST', url: '/things', payload: 'what', headers })
  await asked
  expect(seen).toEqual(['request', 'request'])
  expect(announced()).toBeNull()
})

describe('the time of the loop', () => {
  function charges(limitMs = 5000) {
    let now = 0
    const ledger = new LoopCharges(limitMs, () => now)
    const pass = (ms: number) => {
      now += ms
    }
    return {
      ledger,
      pass,
      /** Turns the loop while nothing else happens. */
      idle: (ms: number) => {
        for (let left = ms; left > 0; left -= 20) {
          pass(20)
          ledger.tick()
        }
      },
      /** What a caller does without letting anybody else. */
      work: (caller: string | undefined, ms: number) => {
        ledger.mark(caller)
        pass(ms)
      },
      refused: () => ['ann', 'bob', 'eve'].filter((caller) => ledger.refuses(caller)),
    }
  }

  it('is over the limit only when it stood still for longer', () => {
    const { ledger, idle, work, refused } = charges()
    idle(1000)
    work('ann', 4900)
    ledger.tick()
    expect(refused()).toEqual([])
    idle(1000)
    work('ann', 5100)
    ledger.tick()
    expect(refused()).toEqual(['ann'])
    idle(980)
    expect(refused()).toEqual(['ann'])
    idle(40)
    expect(refused()).toEqual([])
  })

  it('is charged to whoever was served, and not to who came in between', () => {
    const { ledger, work, refused } = charges()
    for (let i = 0; i < 100; i += 1) {
      work('ann', 60)
      work('bob', 1)
    }
    ledger.tick()
    expect(refused()).toEqual(['ann'])
  })

  it('is charged to whoever is done with after it, when others were taken up before', () => {
    const { ledger, work, refused } = charges()
    // Ann's work goes on after a wait, behind a request of somebody else.
    for (const other of ['bob', 'eve', 'bob', 'eve']) {
      work(other, 1500)
      ledger.done('ann')
    }
    work('bob', 10)
    ledger.done('bob')
    ledger.tick()
    expect(refused()).toEqual(['ann'])
  })

  it('is charged to nobody when nobody was served', () => {
    const { ledger, idle, work, pass, refused } = charges()
    work('ann', 5)
    idle(100)
    pass(6000)
    ledger.tick()
    expect(refused()).toEqual([])
  })

  it('takes the next heaviest as well while it does not get better, and in the end all', () => {
    const { ledger, work, refused } = charges()
    const round = () => {
      work('ann', 3400)
      work('bob', 2000)
      work('eve', 600)
      ledger.tick()
    }
    round()
    expect(refused()).toEqual(['ann'])
    round()
    expect(refused()).toEqual(['ann', 'bob'])
    round()
    expect(refused()).toEqual(['ann', 'bob', 'eve'])
    round()
    expect(ledger.refuses('somebody new')).toBe(true)
  })

  it('is forgotten', () => {
    const { ledger, idle, work, refused } = charges()
    work('ann', 5500)
    ledger.tick()
    idle(120_000)
    work('bob', 5500)
    ledger.tick()
    expect(refused()).toEqual(['bob'])
  })

  it('of very many callers is kept of few', () => {
    const { ledger, work } = charges()
    for (let i = 0; i < 20_000; i += 1) work(`caller ${i}`, 2)
    ledger.tick()
    expect(ledger.size).toBeLessThanOrEqual(2000)
  })
})
