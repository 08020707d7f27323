import { describe, expect, it } from 'vitest'
import { context } from '../../../src/tenancy/context.ts'
import { ConcurrencyLimiter } from '../../../src/tenancy/proxy/concurrency-limiter.ts'
import { limited } from '../../../src/tenancy/proxy/limited.ts'
import { rateLimits } from '../../../src/tenancy/request/rate-limits.ts'
import { ROWS, startNotes } from '../app.ts'
import { contextOf, deferred, settle, until } from '../fixtures.ts'
import { ACME_KEY, acmeUser, TECHSTART_KEY, techstartUser } from '../users.ts'

class Asked {
  readonly gate = deferred()
  async ask(): Promise<string> {
    await this.gate.promise
    return 'answer'
  }
  async *tell(): AsyncGenerator<string> {
    yield 'one'
    await this.gate.promise
    yield 'two'
  }
  async free(): Promise<string> {
    return `${this.constructor.name} is free`
  }
}

function start(limits = { perWorkspace: 2, perKey: 0 }, abandonAfterMs = 60_000) {
  const limiter = new ConcurrencyLimiter(limits, context)
  const inner = new Asked()
  const asked = limited(inner, { limiter, methods: ['ask'], streams: ['tell'], abandonAfterMs })
  const as = <R>(workspace: string, work: (it: Asked) => R, credentialId = workspace): R =>
    context.run({ ...contextOf(workspace), credentialId }, () => work(asked))
  return { limiter, inner, as }
}

const TOO_MANY = { code: 'too_many_queries', statusCode: 429, retryAfterSeconds: 1 }

describe('a bound on what runs at once', () => {
  it('refuses one more, and lets it in when one has ended', async () => {
    const { inner, as, limiter } = start()
    const running = [as('acme', (it) => it.ask()), as('acme', (it) => it.ask())]
    await expect(async () => as('acme', (it) => it.ask())).rejects.toMatchObject(TOO_MANY)
    expect(await as('acme', (it) => it.free())).toBe('Asked is free')
    const other = as('techstart', (it) => it.ask())
    inner.gate.resolve()
    await Promise.all([...running, other])
    expect(limiter.stats()).toEqual({ busy: 0, refused: 1 })
    expect(await as('acme', (it) => it.ask())).toBe('answer')
  })

  it('counts a key whatever workspace it calls', async () => {
    const { as, inner } = start({ perWorkspace: 0, perKey: 1 })
    const running = as('acme', (it) => it.ask(), 'key')
    await expect(async () => as('other', (it) => it.ask(), 'key')).rejects.toMatchObject(TOO_MANY)
    const else_ = as('acme', (it) => it.ask(), 'another key')
    inner.gate.resolve()
    await Promise.all([running, else_])
  })

  it('reserves both bounds or neither', async () => {
    const { as, inner, limiter } = start({ perWorkspace: 1, perKey: 2 })
    const running = as('acme', (it) => it.ask(), 'key')
    await expect(async () => as('acme', (it) => it.ask(), 'key')).rejects.toMatchObject(TOO_MANY)
    const other = as('techstart', (it) => it.ask(), 'key')
    inner.gate.resolve()
    await Promise.all([running, other])
    expect(limiter.stats().busy).toBe(0)
  })

  it('counts a stream until it ends', async () => {
    const { as, inner, limiter } = start()
    const stream = as('acme', (it) => it.tell())[Symbol.asyncIterator]()
    await stream.next()
    expect(limiter.stats().busy).toBe(1)
    inner.gate.resolve()
    await stream.next()
    expect(limiter.stats().busy).toBe(1)
    expect((await stream.next()).done).toBe(true)
    expect(limiter.stats().busy).toBe(0)
  })

  it('counts a stream no more that was left, before its first step or after', async () => {
    const { as, limiter } = start()
    const unread = as('acme', (it) => it.tell())[Symbol.asyncIterator]()
    await unread.return?.(undefined)
    for await (const _one of as('acme', (it) => it.tell())) break
    expect(limiter.stats().busy).toBe(0)
  })

  it('counts a stream no more that nobody ever reads', async () => {
    const { as, limiter } = start(undefined, 10)
    as('acme', (it) => it.tell())
    expect(limiter.stats().busy).toBe(1)
    await until(() => limiter.stats().busy === 0)
  })

  it('counts a stream no more that failed', async () => {
    const { as, inner, limiter } = start()
    const stream = as('acme', (it) => it.tell())[Symbol.asyncIterator]()
    await stream.next()
    inner.gate.reject(new Error('planned'))
    await expect(stream.next()).rejects.toThrow('planned')
    expect(limiter.stats().busy).toBe(0)
  })

  it('counts for whoever touched the method', async () => {
    const { as, inner, limiter } = start()
    const kept = as('acme', (it) => it.ask)
    const later = as('techstart', () => kept())
    await expect(async () => as('acme', (it) => [it.ask(), it.ask()][1])).rejects.toMatchObject(
      TOO_MANY,
    )
    inner.gate.resolve()
    await later
    await settle()
    expect(limiter.stats().busy).toBe(0)
  })
})

describe('requests in a minute', () => {
  const users = [acmeUser, { ...acmeUser, username: 'al', api_key: 'al-key' }, techstartUser]
  const as = (key: string) => ({ url: '/late', headers: { 'x-api-key': key } })

  it('are bounded for each key, and say what is left', async () => {
    const { app, refusals } = await startRated({ perKey: 2, perWorkspace: 0 })
    const first = await app.inject(as(ACME_KEY))
    expect(first.headers).toMatchObject({
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '1',
      'x-ratelimit-reset': expect.stringMatching(/^\d+$/),
    })
    await app.inject(as(ACME_KEY))
    const third = await app.inject(as(ACME_KEY))
    expect(third.statusCode).toBe(429)
    expect(third.json()).toMatchObject({ error: { code: 'rate_limited' } })
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(0)
    expect((await app.inject(as('al-key'))).statusCode).toBe(200)
    expect((await app.inject(as(TECHSTART_KEY))).statusCode).toBe(200)
    expect(refusals.map(({ error }) => error.code)).toEqual(['rate_limited'])
  })

  it('are bounded for each workspace, whoever calls', async () => {
    const { app } = await startRated({ perKey: 0, perWorkspace: 2 })
    for (const key of [ACME_KEY, 'al-key']) await app.inject(as(key))
    expect((await app.inject(as(ACME_KEY))).statusCode).toBe(429)
    expect((await app.inject(as('al-key'))).statusCode).toBe(429)
    expect((await app.inject(as(TECHSTART_KEY))).statusCode).toBe(200)
  })

  it('show the tighter bound of the two', async () => {
    const { app } = await startRated({ perKey: 100, perWorkspace: 5 })
    const { headers } = await app.inject(as(ACME_KEY))
    expect(headers['x-ratelimit-limit']).toBe('5')
  })

  it('are not counted for callers who are refused anyway', async () => {
    const { app } = await startRated({ perKey: 1, perWorkspace: 1 })
    for (let i = 0; i < 3; i += 1) {
      expect((await app.inject(as('wrong'))).statusCode).toBe(401)
      const foreign = { ...as(ACME_KEY).headers, 'lightrag-workspace': 'techstart' }
      expect((await app.inject({ url: '/late', headers: foreign })).statusCode).toBe(403)
    }
    expect((await app.inject(as(ACME_KEY))).statusCode).toBe(200)
  })

  it('are unbounded by default, without headers', async () => {
    const { app } = await startRated({ perKey: 0, perWorkspace: 0 })
    expect((await app.inject(as(ACME_KEY))).headers).not.toHaveProperty('x-ratelimit-limit')
  })

  /** The notes with the limits in front of one more route. */
  function startRated(limits: { perKey: number; perWorkspace: number }) {
    return startNotes(
      users,
      { permissions: { ...ROWS, 'GET /late': 'signed-in' } },
      async (scope) => {
        await scope.register(rateLimits, limits)
        scope.get('/late', async () => 'late')
      },
    )
  }
})
