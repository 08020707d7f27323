import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { actorOf, startTwoTenants, type TwoTenants } from './holes-company.ts'

interface Mail {
  readonly to: readonly string[]
  /** Lines before the first empty one. */
  readonly head: string
  readonly text: string
}

describe('invitations by mail', () => {
  const mails: Mail[] = []
  let smtp: SMTPServer
  let two: TwoTenants
  let refusing = false
  beforeAll(async () => {
    smtp = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onRcptTo: (_address, _session, done) => done(refusing ? new Error('no such box') : null),
      onData: (stream, session, done) => {
        let raw = ''
        stream.setEncoding('utf8').on('data', (piece: string) => {
          raw += piece
        })
        stream.on('end', () => {
          const [head = '', ...body] = raw.split('\r\n\r\n')
          const text = body.join('\n').replaceAll('=\r\n', '').replaceAll('=3D', '=')
          mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), head, text })
          done()
        })
      },
    })
    smtp.listen(0, '127.0.0.1')
    await once(smtp.server, 'listening')
    const { port } = smtp.server.address() as AddressInfo
    two = await startTwoTenants({
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      SMTP_FROM: 'rag@example.com',
      PUBLIC_URL: 'https://rag.example.com/',
    })
  })
  afterAll(async () => {
    await two.server.close()
    await new Promise<void>((resolve) => smtp.close(resolve))
  })
  beforeEach(() => {
    mails.length = 0
    refusing = false
  })

  const invite = (email: string) =>
    two.ann.call('POST', `/api/v1/tenants/${two.acme}/invitations`, { body: { email } })
  const token = () =>
    /https:\/\/rag\.example\.com\/invitations\/(tri_[\w-]+)/.exec(mails[0]?.text ?? '')?.[1]

  it('reach the invited, who makes an account by the link; the inviter sees no token', async () => {
    const sent = await invite('grace@example.com')
    expect(sent.body).toMatchObject({ mailed: true, token: null, link: null })
    expect(mails.map(({ to }) => to)).toEqual([['grace@example.com']])
    expect(sent.text).not.toContain(token())
    const body = { token: token(), username: 'grace', password: 'a long enough one' }
    const accepted = await two.server.by({})('POST', '/api/v1/invitations/accept', { body })
    expect(accepted.status).toBeLessThan(300)
    const again = await two.server.by({})('POST', '/api/v1/invitations/accept', { body })
    expect(again.status).toBe(410)
  })

  it('carry no line and no receiver that a name or an address smuggles in', async () => {
    const name = 'Acme\r\nBcc: victim@example.com\r\n\r\nVisit https://evil.example'
    await two.server.plane.tenants.update(actorOf(two.ann), two.acme, { name })
    expect((await invite('plain@example.com')).status).toBe(201)
    expect(mails.map(({ to }) => to)).toEqual([['plain@example.com']])
    expect(mails[0]?.head).not.toMatch(/^bcc:/im)
    expect(mails[0]?.head.match(/^(to|from|subject):/gim)?.length).toBe(3)
    mails.length = 0
    for (const email of [
      'a@example.com\r\nBcc: victim@example.com',
      'a@example.com, victim@example.com',
      'a@example.com;victim@example.com',
      '"a@example.com" <victim@example.com>',
      'victim@example.com\u0000@example.com',
    ]) {
      const managed = await invite(email)
      expect([email, managed.status]).toEqual([email, 422])
      const path = `/api/v1/tenant/${two.acme}/user`
      const facade = await two.ann.call('POST', path, { body: { email } })
      expect([email, facade.body.code]).toEqual([email, 101])
    }
    expect(mails).toEqual([])
  })

  it('that the mail server refuses are still there, with their link for the inviter', async () => {
    refusing = true
    const sent = await invite('unreachable@example.com')
    expect(sent.status).toBe(201)
    expect(sent.body).toMatchObject({ mailed: false })
    expect(sent.body.link).toBe(`https://rag.example.com/invitations/${sent.body.token}`)
    expect(two.server.log.join('')).not.toContain(sent.body.token)
  })
})
