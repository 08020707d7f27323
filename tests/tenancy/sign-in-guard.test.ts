import { describe, expect, it } from 'vitest'
import { AUTH_PERMISSIONS, authRoutes, type SignIn } from '../../src/tenancy/auth-routes.ts'
import { SignInGuard } from '../../src/tenancy/sign-in-guard.ts'
import { ROWS, startNotes } from './app.ts'
import { acmeUser, techstartUser } from './users.ts'

function guardAt() {
  let time = 0
  const guard = new SignInGuard({ freeFailures: 3, maxWaitSeconds: 60, now: () => time })
  const wait = (seconds: number) => {
    time += seconds * 1000
  }
  /** The seconds to wait, or 0 when the attempt was let through, and failed. */
  const fail = (user: string, address = '192.0.2.1') => {
    try {
      guard.begin(user, address)
      return 0
    } catch (error) {
      return (error as { retryAfterSeconds: number }).retryAfterSeconds
    }
  }
  return { guard, wait, fail }
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
    const { fail } = guardAt()
    const let_through = Array.from({ length: 50 }, () => fail('ann')).filter((s) => s === 0)
    expect(let_through).toHaveLength(3)
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

  it('takes an IPv6 network for one address', () => {
    const { fail } = guardAt()
    for (const end of ['1', 'a:b:c:d', 'ffff::2']) fail('ann', `2001:db8:0:1:${end}`)
    for (const end of ['::1', '::2', '::3']) fail('ann', `2001:db8:0:1${end}`)
    expect(fail('ann', '2001:db8:0:1::99')).toBeGreaterThan(0)
    expect(fail('ann', '2001:db8:0:2::99')).toBe(0)
  })

  it('forgets the failures of who gets in, but not those of his address', () => {
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
    { permissions: { ...ROWS, ...AUTH_PERMISSIONS } },
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
