import { describe, expect, it } from 'vitest'
import { authRoutes, type SignIn } from '../../../src/tenancy/sign-in/auth-routes.ts'
import { SignInGuard } from '../../../src/tenancy/sign-in/sign-in-guard.ts'
import { startNotes } from '../app.ts'
import { acmeUser, techstartUser } from '../users.ts'

function guardAt() {
  let time = 0
  const guard = new SignInGuard({ freeFailures: 3, maxWaitSeconds: 60, now: () => time })
  const wait = (seconds: number) => {
    time += seconds * 1000
  }
  /** An attempt that was let through, or the seconds to wait. */
  const begin = (user: string, address = '192.0.2.1') => {
    try {
      return guard.begin(user, address)
    } catch (error) {
      return (error as { retryAfterSeconds: number }).retryAfterSeconds
    }
  }
  /** The seconds to wait, or 0 when the attempt was let through, and failed. */
  const fail = (user: string, address?: string) => {
    const attempt = begin(user, address)
    if (typeof attempt === 'number') return attempt
    attempt.failed()
    return 0
  }
  return { guard, wait, begin, fail }
}

describe('the sign-in guard', () => {
  it('lets some failures pass, then doubles the wait up to a bound', () => {
    const { fail, wait } = guardAt()
    expect([fail('ann'), fail('ann'), fail('ann')]).toEqual([0, 0, 0])
    const waits: number[] = []
    for (let round = 0; round < 8; round += 1) {
      waits.push(fail('ann'))
      wait(waits.at(-1) ?? 0)
      expect(fail('ann')).toBe(0)
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60])
  })

  it('does not let many attempts at once guess more than one after another', () => {
    const { begin } = guardAt()
    const attempts = Array.from({ length: 50 }, () => begin('ann'))
    expect(attempts.filter((attempt) => typeof attempt !== 'number')).toHaveLength(3)
  })

  it('counts a name however it is written', () => {
    const { fail } = guardAt()
    for (const name of ['Ann', 'ANN', 'ann']) fail(name)
    expect(fail('aNN')).toBeGreaterThan(0)
  })

  it('does not lock a user out for what others do elsewhere', () => {
    const { fail } = guardAt()
    for (let i = 0; i < 10; i += 1) fail('ann', '192.0.2.1')
    expect(fail('ann', '198.51.100.7')).toBe(0)
    expect(fail('bob', '192.0.2.1')).toBe(0)
  })

  it('slows an address down that tries many names', () => {
    const { fail } = guardAt()
    for (let i = 0; i < 18; i += 1) expect(fail(`user ${i}`)).toBe(0)
    expect(fail('another')).toBeGreaterThan(0)
    expect(fail('another', '198.51.100.7')).toBe(0)
  })

  it('slows everybody down who tries one name from many addresses', () => {
    const { fail } = guardAt()
    for (let i = 0; i < 30; i += 1) expect(fail('ann', `192.0.2.${i}`)).toBe(0)
    expect(fail('ann', '198.51.100.7')).toBeGreaterThan(0)
  })

  it('lets a name be guessed from everywhere about once a minute, however many guess', () => {
    const { fail, wait } = guardAt()
    let guesses = 0
    for (let second = 0; second < 3600; second += 1) {
      for (let i = 0; i < 5; i += 1) {
        if (fail('ann', `2001:db8:${second.toString(16)}:${i}::1`) === 0) guesses += 1
      }
      wait(1)
    }
    expect(guesses).toBeGreaterThan(30)
    expect(guesses).toBeLessThan(30 + 70)
  })

  it('lets who has signed in from an address come again, whatever strangers do', () => {
    const { guard, fail, begin } = guardAt()
    guard.begin('ann', '198.51.100.7').succeeded()
    for (let i = 0; i < 5000; i += 1) fail('ann', `2001:db8:0:${i.toString(16)}::1`)
    // Also from behind the same address, as long as they try other names.
    for (let i = 0; i < 100; i += 1) fail(`user ${i}`, '198.51.100.7')
    expect(fail('ann', '203.0.113.1')).toBeGreaterThan(0)
    expect(fail('bob', '198.51.100.7')).toBeGreaterThan(0)
    const attempt = begin('Ann', '198.51.100.7')
    expect(attempt).toBeTypeOf('object')
    // They guess no more freely than anybody from one address.
    expect(Array.from({ length: 5 }, () => fail('ann', '198.51.100.7') > 0)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ])
  })

  it('lets strangers fail so often in all, and then once a second', () => {
    const { guard, fail, wait } = guardAt()
    guard.begin('ann', '198.51.100.7').succeeded()
    let tried = 0
    const tryAnother = () => fail(`user ${tried++}`, `2001:db8:0:${tried.toString(16)}::1`)
    while (tryAnother() === 0) expect(tried).toBeLessThan(2000)
    expect(tried).toBe(3 * 200 + 1)
    for (let second = 0; second < 20; second += 1) {
      wait(1)
      expect([tryAnother(), tryAnother()]).toEqual([0, 1])
    }
    expect(fail('ann', '198.51.100.7')).toBe(0)
  })

  it('lets few passwords be compared at once for one address, and keeps room for the known', () => {
    const { guard, begin } = guardAt()
    guard.begin('ann', '198.51.100.7').succeeded()
    const from = (network: number, count: number) =>
      Array.from({ length: count }, (_, i) => begin(`user ${network} ${i}`, `192.0.2.${network}`))
    const attempts = from(1, 12)
    expect(attempts.filter((attempt) => typeof attempt === 'object')).toHaveLength(8)
    expect(attempts.at(-1)).toBe(5)
    for (let network = 2; network < 20; network += 1) attempts.push(...from(network, 8))
    const open = attempts.filter((attempt) => typeof attempt === 'object')
    expect(open).toHaveLength(48)
    expect(begin('ann', '198.51.100.7')).toBeTypeOf('object')
    for (const attempt of open.slice(0, 3)) attempt.failed()
    for (const attempt of open.slice(3, 6)) attempt.withdrawn()
    expect(from(50, 8).filter((attempt) => typeof attempt === 'object')).toHaveLength(6)
  })

  it('takes an IPv6 network for one address', () => {
    const { fail } = guardAt()
    for (const end of ['1', 'a:b:c:d', 'ffff::2']) fail('ann', `2001:db8:0:1:${end}`)
    for (const end of ['::1', '::2', '::3']) fail('ann', `2001:db8:0:1${end}`)
    expect(fail('ann', '2001:db8:0:1::99')).toBeGreaterThan(0)
    expect(fail('ann', '2001:db8:0:2::99')).toBe(0)
  })

  it('forgets the failures of users who get in, but not those of their address', () => {
    const { guard, fail } = guardAt()
    fail('ann')
    fail('ann')
    guard.begin('ann', '192.0.2.1').succeeded()
    expect([fail('ann'), fail('ann'), fail('ann')]).toEqual([0, 0, 0])
    for (let i = 0; i < 13; i += 1) expect(fail(`user ${i}`)).toBe(0)
    expect(fail('another')).toBeGreaterThan(0)
  })

  it('does not count attempts that nobody decided', () => {
    const { guard, fail } = guardAt()
    for (let i = 0; i < 20; i += 1) guard.begin('ann', '192.0.2.1').withdrawn()
    expect(fail('ann')).toBe(0)
  })
})

async function startLogin() {
  const signIns: SignIn[] = []
  // Time stands still: however long the logins take, the wait that follows them is not over.
  const guard = new SignInGuard({ freeFailures: 3, maxWaitSeconds: 60, now: () => 0 })
  const { app } = await startNotes(
    [acmeUser, techstartUser],
    {},
    (scope, parts) =>
      void scope.register(authRoutes, {
        ...parts,
        guard,
        onSignIn: (signIn) => signIns.push(signIn),
        about: { core_version: '', api_version: '', webui_title: null, webui_description: null },
      }),
  )
  const login = (username: string, password: string) =>
    app.inject({
      method: 'POST',
      url: '/login',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ username, password }).toString(),
    })
  return { app, login, signIns }
}

describe('a login that is locked', () => {
  it.each([
    ['somebody’s', 'ann@acme'],
    ['a name that nobody has', 'nobody'],
  ])('answers %s alike, right password or wrong', async (_whose, name) => {
    const { login } = await startLogin()
    for (let i = 0; i < 3; i += 1) expect((await login(name, 'wrong')).statusCode).toBe(401)
    for (const password of ['wrong', 'correct horse']) {
      const reply = await login(name, password)
      expect(reply.statusCode).toBe(429)
      expect(reply.headers['retry-after']).toBe('1')
      expect(reply.json().detail).toBe('Too many failed logins; try again later')
    }
    expect((await login('tom@techstart', 'battery staple')).statusCode).toBe(200)
  })

  it('tells each outcome once', async () => {
    const { login, signIns } = await startLogin()
    await login('ann@acme', 'correct horse')
    for (let i = 0; i < 4; i += 1) await login('ann@acme', 'wrong')
    expect(signIns.map(({ outcome }) => outcome)).toEqual([
      'success',
      'failure',
      'failure',
      'failure',
      'locked',
    ])
  })
})

describe('an explanation', () => {
  it('tells a caller what was made of the request, and no secret', async () => {
    const { app, login } = await startLogin()
    const key = await app.inject({
      url: '/auth/explain',
      headers: { 'x-api-key': acmeUser.api_key },
    })
    expect(key.json()).toEqual({
      username: 'ann@acme',
      credential: { kind: 'api_key', sha256: expect.stringMatching(/^[0-9a-f]{8}$/) },
      workspace: 'acme',
      chosen_by: 'the default workspace of the user',
      workspaces: ['acme'],
      role: 'admin',
      permissions: expect.arrayContaining(['query:run', 'kb:manage']),
      super_admin: false,
    })
    expect(key.body).not.toContain(acmeUser.api_key)
    const token = (await login('ann@acme', 'correct horse')).json().access_token
    const headers = { authorization: `Bearer ${token}`, 'lightrag-workspace': 'acme' }
    expect((await app.inject({ url: '/auth/explain', headers })).json()).toMatchObject({
      credential: { kind: 'token', expires_at: expect.stringMatching(/^\d{4}-/) },
      chosen_by: 'LIGHTRAG-WORKSPACE',
    })
    expect((await app.inject({ url: '/auth/explain' })).statusCode).toBe(401)
  })
})
