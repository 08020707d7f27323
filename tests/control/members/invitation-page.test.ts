import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ControlServer, PASSWORD, type Person, startControlServer } from '../control-server.ts'

let server: ControlServer
let ann: Person
let count = 0
let email: string
let token: string

beforeAll(async () => {
  server = await startControlServer({
    PUBLIC_URL: 'https://rag.example.com/base',
    TRUST_PROXY: 'loopback',
  })
  ann = await server.user('ann')
  const tenant = { name: '<b>Acme</b> & "Söhne"', slug: 'acme' }
  expect((await ann.call('POST', '/api/v1/tenants', { body: tenant })).status).toBe(201)
})
afterAll(() => server?.close())
beforeEach(async () => {
  count += 1
  email = `guest-${count}@example.com`
  const body = { email, role: 'editor' }
  const sent = await ann.call('POST', '/api/v1/tenants/acme/invitations', { body })
  expect(sent.body.link).toBe(`https://rag.example.com/base/invitations/${sent.body.token}`)
  token = sent.body.token
})

/** Attempts are counted by address, so each test has one of its own. */
const from = () => ({ 'x-forwarded-for': `192.0.2.${count}` })
const open = async (which = token) => {
  const reply = await fetch(`${server.url}/invitations/${which}`, { headers: from() })
  return { status: reply.status, headers: reply.headers, text: await reply.text() }
}
const send = async (fields: Record<string, string>, which = token) => {
  const body = new URLSearchParams(fields)
  const reply = await fetch(`${server.url}/invitations/${which}`, {
    method: 'POST',
    headers: from(),
    body,
  })
  return { status: reply.status, headers: reply.headers, text: await reply.text() }
}
const account = () => ({ username: `guest-${count}`, password: 'long enough' })
const rolesOf = async () => {
  const { body } = await ann.call('GET', '/api/v1/tenants/acme/members')
  return Object.fromEntries(body.items.map((one: Member) => [one.username, one.role]))
}
interface Member {
  readonly username: string
  readonly role: string
}

describe('the page of an invitation', () => {
  it('says what it invites to, and needs no script', async () => {
    const { status, headers, text } = await open()
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(text).toContain('&lt;b&gt;Acme&lt;/b&gt; &amp; &quot;Söhne&quot;')
    expect(text).toContain('editor')
    expect(text).toMatch(/<form method="post"/)
    expect(text).toMatch(/name="username"[\s\S]*name="password"/)
    expect([...text.matchAll(/name="action" value="(\w+)"/g)].map(([, value]) => value)).toEqual([
      'create',
      'join',
      'decline',
    ])
    expect(text).not.toMatch(/<script|javascript:|\bon\w+=/i)
    // Whoever only looks at it, such as a scanner of mails, changes nothing.
    expect(await open()).toMatchObject({ status: 200, text })
  })

  it('keeps the token to itself', async () => {
    const page = await open()
    const { headers } = page
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-robots-tag')).toBe('noindex')
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    )
    expect(page.text).not.toContain(token)
    expect(page.text).not.toMatch(/https?:\/\//)
    await send({ action: 'create', username: '', password: '' })
    await send({ action: 'decline' })
    expect(server.log.join('')).toContain('/invitations/tri_…')
    expect(server.log.join('')).not.toContain(token)
  })

  it('makes an account that accepts', async () => {
    const done = await send({ action: 'create', ...account() })
    expect([done.status, done.text.includes('<form')]).toEqual([200, false])
    expect(done.text).toMatch(/You are now a member/)
    expect(await rolesOf()).toMatchObject({ [`guest-${count}`]: 'editor' })
    const login = await fetch(`${server.url}/login`, {
      method: 'POST',
      body: new URLSearchParams(account()),
    })
    expect(login.status).toBe(200)
    expect((await open()).status).toBe(410)
  })

  it('accepts for an account that is there, by its password', async () => {
    const bob = await server.user(`bob-${count}`)
    const wrong = await send({ action: 'join', username: bob.username, password: 'a guess' })
    expect([wrong.status, /Name or password is wrong/.test(wrong.text)]).toEqual([401, true])
    expect(await rolesOf()).not.toHaveProperty(bob.username)
    const done = await send({ action: 'join', username: bob.username, password: PASSWORD })
    expect([done.status, /You are now a member/.test(done.text)]).toEqual([200, true])
    expect(await rolesOf()).toMatchObject({ [bob.username]: 'editor' })
  })

  it('slows down who guesses passwords with it', async () => {
    await server.user('victim')
    const statuses: number[] = []
    for (let i = 0; i < 7; i += 1) {
      const { status } = await send({ action: 'join', username: 'victim', password: `guess ${i}` })
      statuses.push(status)
    }
    expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401])
    const locked = await send({ action: 'join', username: 'victim', password: PASSWORD })
    expect(locked.status).toBe(429)
    expect(locked.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(locked.text).toMatch(/Too many/)
  })

  it('takes so many attempts a minute from one address, and no more', async () => {
    const statuses: number[] = []
    for (let i = 0; i < 25; i += 1) statuses.push((await send({}, 'tri_of_nobody')).status)
    expect(statuses).toEqual([...Array(20).fill(404), ...Array(5).fill(429)])
    const { headers, text } = await send({ action: 'decline' })
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(text).toMatch(/Too many attempts/)
    expect((await open()).status).toBe(200)
  })

  it('declines without an account', async () => {
    const done = await send({ action: 'decline', username: '', password: '' })
    expect([done.status, /You have declined/.test(done.text)]).toEqual([200, true])
    expect((await open()).status).toBe(410)
    const { body } = await ann.call('GET', '/api/v1/tenants/acme/invitations')
    expect(body.items.find((one: { email: string }) => one.email === email).status).toBe('declined')
  })

  it.each([
    ['no name', 422, /name/i, { action: 'create', username: '', password: 'long enough' }],
    ['no password', 422, /password/i, { action: 'create', username: 'carl', password: '' }],
    [
      'a short password',
      422,
      /8 to 72 bytes/,
      { action: 'create', username: 'carl', password: 'x' },
    ],
    [
      'a name that is taken',
      409,
      /taken/,
      { action: 'create', username: 'ann', password: PASSWORD },
    ],
    ['no button', 422, /accept or decline/, { username: 'carl', password: PASSWORD }],
    ['a member already', 409, /member/, { action: 'join', username: 'ann', password: PASSWORD }],
    [
      'a user of the users file',
      403,
      /users file/,
      { action: 'join', username: 'operator', password: PASSWORD },
    ],
  ])('says in a sentence what is wrong with %s', async (_what, status, sentence, fields) => {
    const answer = await send(fields as unknown as Record<string, string>)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      'text/html; charset=utf-8',
    ])
    expect(/<p role="alert">([^<]+)<\/p>/.exec(answer.text)?.[1]).toMatch(sentence)
    // What was typed is there again, but for the password.
    expect(answer.text).toContain(`value="${fields.username}"`)
    if (fields.password !== '') expect(answer.text).not.toContain(`value="${fields.password}"`)
    expect((await open()).status).toBe(200)
  })

  it('writes nothing that was typed as markup', async () => {
    const username = '"><script>alert(1)</script>'
    const { text } = await send({ action: 'create', username, password: 'x' })
    expect(text).not.toContain('<script')
    expect(text).toContain('value="&quot;&gt;&lt;script&gt;')
  })

  it.each(['tri_of_nobody', 'x', '%00', 'a%2Fb', 'tri_'.padEnd(900, 'x')])(
    'is not there for %s',
    async (which) => {
      for (const page of [await open(which), await send({ action: 'decline' }, which)]) {
        expect(page.status).toBe(404)
        expect(page.text).toMatch(/There is no such invitation/)
        expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
      }
    },
  )

  it('ends with the right of who sent it', async () => {
    const { body } = await ann.call('GET', '/api/v1/tenants/acme/invitations')
    const mine = body.items.find((one: { email: string }) => one.email === email)
    await ann.call('DELETE', `/api/v1/tenants/acme/invitations/${mine.invitation_id}`)
    const gone = await open()
    expect([gone.status, /has ended/.test(gone.text), gone.text.includes('<form')]).toEqual([
      410,
      true,
      false,
    ])
  })

  it('takes forms alone, and small ones', async () => {
    const post = async (contentType: string, body: string) => {
      const headers = { ...from(), 'content-type': contentType }
      const reply = await fetch(`${server.url}/invitations/${token}`, {
        method: 'POST',
        headers,
        body,
      })
      return [reply.status, reply.headers.get('content-type')]
    }
    const html = 'text/html; charset=utf-8'
    expect(await post('application/json', '{"action":"decline"}')).toEqual([422, html])
    const large = `action=decline&x=${'x'.repeat(20_000)}`
    expect(await post('application/x-www-form-urlencoded', large)).toEqual([413, html])
    expect((await open()).status).toBe(200)
  })
})
