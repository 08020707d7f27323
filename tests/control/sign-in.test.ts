import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Account,
  type Headers,
  type Management,
  PASSWORD,
  startManagement,
} from './management.ts'

let management: Management
let ann: Account
let acmeKey: Headers

const statusOf = async (who: Headers, path = '/api/v1/users/me') =>
  (await management.call(who, 'GET', path)).status
const bearer = ({ access_token }: Record<string, unknown>): Headers => ({
  authorization: `Bearer ${access_token}`,
})

beforeAll(async () => {
  management = await startManagement({ TENANT_SELF_SERVICE: 'true' })
  ann = await management.addUser('ann')
  const { ask } = management
  await ask(ann.headers, 'POST', '/api/v1/tenants', { name: 'Acme' })
  const path = '/api/v1/tenants/acme/api-keys'
  // The name of a key may well be that of a user.
  const { key } = await ask(ann.headers, 'POST', path, { name: 'ann', role: 'owner' })
  acmeKey = { 'x-api-key': String(key) }
}, 240_000)
afterAll(() => management?.close())

describe('a user who is signed in', () => {
  it('sees their own account, wherever it is kept', async () => {
    const { ask, operator } = management
    expect(await ask(ann.headers, 'GET', '/api/v1/users/me')).toEqual({
      user_id: ann.id,
      username: 'ann',
      email: 'ann@example.com',
      is_super_admin: false,
      source: 'store',
    })
    expect(await ask(operator, 'GET', '/api/v1/users/me')).toMatchObject({
      username: 'operator',
      is_super_admin: true,
      source: 'file',
    })
    expect(await ask(acmeKey, 'GET', '/api/v1/users/me')).toMatchObject({ source: 'key' })
  })

  it('renews the token, whether they are of the file or of the store', async () => {
    for (const who of [ann.headers, await management.signIn('operator')]) {
      const renewed = bearer(await management.ask(who, 'POST', '/api/v1/auth/refresh'))
      expect(await statusOf(renewed)).toBe(200)
    }
  })

  it('gets no token for a key, not even for one that has their name', async () => {
    for (const who of [acmeKey, { authorization: `Bearer ${acmeKey['x-api-key']}` }]) {
      const refused = await management.call(who, 'POST', '/api/v1/auth/refresh')
      expect(refused.status).toBe(403)
      expect(refused.text).not.toContain('access_token')
    }
  })

  it('sees the tenants they are in, and their role there', async () => {
    const { items } = await management.ask(ann.headers, 'GET', '/api/v1/users/me/tenants')
    expect(items).toMatchObject([{ slug: 'acme', role: 'owner' }])
    const me = await management.ask(ann.headers, 'GET', '/api/v1/tenants/me')
    expect(me).toMatchObject({ slug: 'acme' })
  })

  it('sets a new password, which ends the old tokens', async () => {
    const bob = await management.addUser('bob')
    const path = '/api/v1/users/me/password'
    const wrong = { current_password: 'not this', new_password: 'another long password' }
    const refused = await management.call(bob.headers, 'PUT', path, wrong)
    expect(refused.status).toBe(401)
    expect(await statusOf(bob.headers)).toBe(200)
    const right = { ...wrong, current_password: PASSWORD }
    const renewed = bearer(await management.ask(bob.headers, 'PUT', path, right))
    expect(await statusOf(bob.headers)).toBe(401)
    expect(await statusOf(renewed)).toBe(200)
    await expect(management.signIn('bob')).rejects.toThrow('401')
    expect(await statusOf(await management.signIn('bob', 'another long password'))).toBe(200)
  })

  it('signs out everywhere', async () => {
    const cal = await management.addUser('cal')
    const other = await management.signIn('cal')
    const path = '/api/v1/users/me/sign-out-everywhere'
    expect((await management.call(cal.headers, 'POST', path)).status).toBe(204)
    expect(await statusOf(cal.headers)).toBe(401)
    expect(await statusOf(other)).toBe(401)
  })

  it.each([
    ['POST', '/api/v1/auth/refresh', undefined, 200],
    ['PUT', '/api/v1/users/me/password', { current_password: 'x' }, 422],
  ] as const)(
    'asks %s %s thirty times a minute and no more',
    async (method, path, body, status) => {
      const gus = await management.addUser(`gus-${status}`)
      const statuses: number[] = []
      // A slow run may begin in one minute and end in the next.
      while (!statuses.includes(429) && statuses.length < 65) {
        const answer = await management.call(gus.headers, method, path, body)
        statuses.push(answer.status)
        if (answer.status === 429)
          expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      }
      expect(statuses.slice(0, 30)).toEqual(Array(30).fill(status))
      expect(statuses.at(-1)).toBe(429)
      expect((await management.call(ann.headers, method, path, body)).status).toBe(status)
    },
  )

  it('tries to sign in thirty times a minute from one address, and no more', async () => {
    const { server } = management
    const signIn = async (username: string, password: string) => {
      const body = new URLSearchParams({ username, password })
      const answer = await fetch(`${server.url}/login`, { method: 'POST', body })
      const { error } = (await answer.json()) as { error?: { code: string } }
      return [answer.status, error?.code]
    }
    // Most of them are put off before a password is looked at, and so are quick.
    const codes: unknown[] = []
    while (!codes.includes('rate_limited') && codes.length < 65) {
      const name = codes.length % 2 === 0 ? 'Nobody' : 'nobody'
      codes.push((await signIn(name, 'a wrong password'))[1])
    }
    expect(codes.at(-1)).toBe('rate_limited')
    expect(codes.length).toBeGreaterThan(30)
    expect(new Set(codes.slice(0, -1))).toEqual(new Set(['bad_login', 'sign_in_locked']))
    expect(await signIn('operator', PASSWORD)).toEqual([200, undefined])
  })

  it('is refused once an operator has disabled them', async () => {
    const dan = await management.addUser('dan')
    await management.ask(management.operator, 'POST', '/api/v1/admin/users/dan/disable')
    expect(await statusOf(dan.headers)).toBe(401)
    await management.ask(management.operator, 'POST', '/api/v1/admin/users/dan/enable')
    expect(await statusOf(dan.headers)).toBe(200)
  })
})

describe('an invitation', () => {
  it('makes an account by its token alone, once', async () => {
    const { ask, call, signIn } = management
    const path = '/api/v1/tenants/acme/invitations'
    const invitation = { email: 'eve@example.com', role: 'editor' }
    const { token, mailed } = await ask(ann.headers, 'POST', path, invitation)
    expect(mailed).toBe(false)
    const account = { token, username: 'eve', password: PASSWORD }
    const accepted = await call({}, 'POST', '/api/v1/invitations/accept', account)
    expect(accepted.status, accepted.text).toBe(201)
    const eve = await signIn('eve')
    expect(await ask(eve, 'GET', '/api/v1/tenants/acme')).toMatchObject({ role: 'editor' })
    const again = { ...account, username: 'eve-2' }
    expect((await call({}, 'POST', '/api/v1/invitations/accept', again)).status).toBe(410)
  })

  it('is accepted by a user who is signed in', async () => {
    const { ask } = management
    const fay = await management.addUser('fay')
    const path = '/api/v1/tenants/acme/invitations'
    const { invitation_id } = await ask(ann.headers, 'POST', path, { user_id: fay.id })
    const mine = await ask(fay.headers, 'GET', '/api/v1/users/me/invitations')
    expect(mine).toMatchObject({ items: [{ invitation_id, tenant_slug: 'acme' }] })
    const accept = `/api/v1/users/me/invitations/${invitation_id}/accept`
    expect(await ask(fay.headers, 'POST', accept)).toMatchObject({ status: 'accepted' })
    expect(await statusOf(fay.headers, '/api/v1/tenants/acme')).toBe(200)
  })

  it('is tried out twenty times a minute from one address, and no more', async () => {
    const statuses: number[] = []
    // A slow run may begin in one minute and end in the next.
    while (!statuses.includes(429) && statuses.length < 45) {
      const body = { token: `tri_guess_${statuses.length}` }
      statuses.push((await management.call({}, 'POST', '/api/v1/invitations/decline', body)).status)
    }
    expect(statuses[0]).toBe(404)
    expect(statuses.at(-1)).toBe(429)
  })
})
