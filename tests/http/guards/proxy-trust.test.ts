import { describe, expect, it, onTestFinished } from 'vitest'
import { ConfigError, loadConfig } from '../../../src/config/config.ts'
import { trustedProxies } from '../../../src/http/guards/proxy-trust.ts'
import { manyUsers, startTestServer } from '../../server/test-server.ts'

async function serverBehind(TRUST_PROXY: string, env: Record<string, string> = {}, users = false) {
  const server = await startTestServer(users ? manyUsers(3) : null, { TRUST_PROXY, ...env })
  onTestFinished(() => server.close())
  return server
}

function problemOf(TRUST_PROXY: string): string {
  try {
    loadConfig({ TRUST_PROXY })
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.join()
    throw error
  }
  return ''
}

describe('TRUST_PROXY', () => {
  it.each([
    ['', false],
    ['false', false],
    ['0', false],
    ['off', false],
    ['1', 1],
    ['3', 3],
    ['127.0.0.1', ['127.0.0.1']],
    ['10.0.0.0/8, ::1', ['10.0.0.0/8', '::1']],
    ['Loopback,uniquelocal', ['loopback', 'uniquelocal']],
  ])('reads %j', (text, value) => {
    expect(loadConfig({ TRUST_PROXY: text }).TRUST_PROXY).toEqual(value)
  })

  it.each(['true', 'TRUE', 'yes', 'on', 't', '*', '0.0.0.0/0', '::/0', '127.0.0.1,0.0.0.0/0'])(
    'refuses %s, which trusts everybody, and says what to write',
    (text) => {
      expect(problemOf(text)).toMatch(
        /^TRUST_PROXY lets every caller choose.*\(1\).*10\.0\.0\.0\/8/,
      )
    },
  )

  it.each(['10.0.0.0/33', 'nginx', '-1', '1.5', '10.0.0.0/8/8', '::1/200', '99', '10.0.0.1;::1'])(
    'refuses %s, which names nobody',
    (text) => {
      expect(problemOf(text)).toMatch(/^TRUST_PROXY must be/)
    },
  )

  it('knows networks, also of IPv4 addresses as IPv6 writes them', () => {
    const isTrusted = trustedProxies(['10.1.0.0/16', 'loopback', '2001:db8::/32'])
    const trusted = ['10.1.2.3', '::ffff:10.1.2.3', '127.9.9.9', '::1', '2001:db8:1::']
    const others = ['10.2.0.1', '::ffff:10.2.0.1', '2001:db9::', 'unknown', '', '10.1.2.3:80']
    expect(trusted.filter((address) => isTrusted?.(address, 0) !== true)).toEqual([])
    expect(others.filter((address) => isTrusted?.(address, 0) !== false)).toEqual([])
  })
})

describe('the address that logins are counted by', () => {
  /** Guesses with a forged list of addresses, to which the proxy has added the true one. */
  async function guesses(trust: string, count: number) {
    const { app } = await serverBehind(trust, {}, true)
    const codes: Record<number, number> = {}
    for (let i = 0; i < count; i += 1) {
      const { statusCode } = await app.inject({
        method: 'POST',
        url: '/login',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-forwarded-for': `198.51.100.${i}, 203.0.113.9`,
        },
        payload: 'username=nobody&password=wrong',
      })
      codes[statusCode] = (codes[statusCode] ?? 0) + 1
    }
    return codes
  }

  it.each(['1', 'loopback', '127.0.0.1/32'])('is the last of the list with %s', async (trust) => {
    // Five failures of one name from one address are free.
    expect(await guesses(trust, 10)).toEqual({ 401: 5, 429: 5 })
  })

  it('is the one of the connection when the sender is not trusted', async () => {
    expect(await guesses('10.0.0.0/8', 10)).toEqual({ 401: 5, 429: 5 })
  })
})

describe('an open server behind a proxy', () => {
  const status = async (
    { app }: Awaited<ReturnType<typeof serverBehind>>,
    headers: Record<string, string>,
  ) => (await app.inject({ url: '/documents', headers })).statusCode

  it('knows its own pages by the host that the proxy was asked for', async () => {
    const server = await serverBehind('loopback', { ALLOWED_HOSTS: 'rag.example.com' })
    const asked = { host: 'upstream:9621', 'x-forwarded-host': 'rag.example.com' }
    expect(await status(server, { ...asked, origin: 'https://rag.example.com' })).toBe(200)
    expect(await status(server, { ...asked, origin: 'https://evil.example' })).toBe(403)
    const rebound = { ...asked, 'x-forwarded-host': 'rebind.evil.example' }
    expect(await status(server, { ...rebound, origin: 'https://rebind.evil.example' })).toBe(403)
    // A page that was led here by its own name could set the header itself.
    expect(await status(server, { ...asked, host: 'rebind.evil.example' })).toBe(403)
  })

  it('does not hear what others say of it', async () => {
    const server = await serverBehind('10.0.0.0/8', { ALLOWED_HOSTS: 'rag.example.com' })
    const headers = { host: 'localhost', 'x-forwarded-host': 'evil.example' }
    expect(await status(server, headers)).toBe(200)
    expect(await status(server, { ...headers, origin: 'https://evil.example' })).toBe(403)
  })
})
