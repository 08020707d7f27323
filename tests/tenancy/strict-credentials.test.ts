import { createHmac } from 'node:crypto'
import type { OutgoingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import { listen, SECRET, send, startNotes } from './app.ts'
import { acmeUser, techstartUser } from './users.ts'

const users = [acmeUser, techstartUser]

describe('the times of a token', () => {
  const now = Math.floor(Date.now() / 1000)
  const noDates = [1e300, 1e15, 253_402_300_800, -1, 1.7e308, 'tomorrow', '', null, true, [now], {}]

  async function withClaims() {
    const { app, directory, tokens } = await startNotes(users)
    const account = await directory.findByUsername(acmeUser.username)
    const [head, body] = tokens.forUser(account!).split('.')
    const claims = JSON.parse(Buffer.from(body!, 'base64url').toString())
    return async (more: object) => {
      const text = Buffer.from(JSON.stringify({ ...claims, ...more })).toString('base64url')
      const mac = createHmac('sha256', SECRET).update(`${head}.${text}`).digest('base64url')
      const headers = { authorization: `Bearer ${head}.${text}.${mac}` }
      const reply = await app.inject({ url: '/notes', headers })
      return [more, reply.statusCode, reply.statusCode === 200 ? '' : reply.json().error.code]
    }
  }

  it.each(['exp', 'iat', 'nbf'])('refuse it where %s is no date', async (name) => {
    const ask = await withClaims()
    for (const value of noDates) {
      const more = { [name]: value }
      expect(await ask(more)).toEqual([more, 401, 'bad_token'])
    }
  })

  it('refuse it before it begins, and after it has ended', async () => {
    const ask = await withClaims()
    for (const more of [{ exp: 0 }, { exp: now - 5 }, { nbf: now + 3600 }, { iat: now + 3600 }]) {
      expect(await ask(more)).toEqual([more, 401, 'bad_token'])
    }
    for (const more of [{ iat: now - 5 }, { nbf: now - 5.5 }, { iat: now, nbf: now }]) {
      expect(await ask(more)).toEqual([more, 200, ''])
    }
  })
})

describe('a credential that is sent twice', () => {
  const key = acmeUser.api_key
  const other = techstartUser.api_key
  it.each([
    ['two keys of one user', { 'x-api-key': [key, key] }],
    ['keys of two users', { 'x-api-key': [key, other] }],
    ['a good key and a bad one', { 'x-api-key': [key, 'bad'] }],
    ['an empty key and a good one', { 'x-api-key': ['', key] }],
    ['two bearers of one user', { authorization: [`Bearer ${key}`, `Bearer ${key}`] }],
    ['bearers of two users', { authorization: [`Bearer ${key}`, `Bearer ${other}`] }],
    ['a bearer behind another scheme', { authorization: ['Basic YTpi', `Bearer ${key}`] }],
    ['another scheme behind a bearer', { authorization: [`Bearer ${key}`, 'Basic YTpi'] }],
  ])('is refused: %s', async (_what, sent: Record<string, string[]>) => {
    const headers: OutgoingHttpHeaders = sent
    const { app, refusals } = await startNotes(users)
    const port = await listen(app)
    const reply = await send({ port, host: '127.0.0.1', path: '/notes', headers })
    expect([reply.status, JSON.parse(reply.text).error.code]).toEqual([400, 'credentials_repeated'])
    expect(refusals.map(({ error }) => error.code)).toEqual(['credentials_repeated'])
  })

  it('is another thing than two that agree', async () => {
    const { app } = await startNotes(users)
    const port = await listen(app)
    const headers = { 'X-API-Key': key, Authorization: `Bearer ${key}` }
    expect((await send({ port, host: '127.0.0.1', path: '/notes', headers })).status).toBe(200)
  })
})
