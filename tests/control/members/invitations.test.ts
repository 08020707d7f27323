import { SMTPServer } from 'smtp-server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, OPERATOR } from '../../../src/control/authority/actor.ts'
import { smtpMail } from '../../../src/control/members/invitation-mail.ts'
import { addTenant, addUser, openPlane, type TestPlane } from '../plane.ts'

describe('invitations', () => {
  let plane: TestPlane
  let owner: Actor
  let now = Date.now()
  beforeEach(async () => {
    now = Date.now()
    plane = await openPlane({ now: () => now, linkOf: (token) => `https://x.example/${token}` })
    owner = (await addTenant(plane, 'acme')).owner
  })
  afterEach(() => plane.remove())

  const account = { username: 'ada', password: 'long enough' }
  const tokenOf = async (email: string) =>
    (await plane.invitations.create(owner, 'acme', { email, role: 'editor' })).token ?? ''

  it('make an account of a token, once, also when it is used twice at once', async () => {
    const token = await tokenOf('ada@example.com')
    const results = await Promise.allSettled([
      plane.invitations.acceptByToken(token, account),
      plane.invitations.acceptByToken(token, { ...account, username: 'eve' }),
    ])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const { items } = await plane.members.list(owner, 'acme', {})
    expect(items.map(({ role }) => role).sort()).toEqual(['editor', 'owner'])
    expect(await plane.directory.verifyPassword('ada', 'long enough')).toBeDefined()
  })

  it('are found by the address of who is signed in, and by nobody else', async () => {
    await tokenOf('grace@example.com')
    const grace = await addUser(plane, 'grace')
    const [invitation] = await plane.invitations.listMine(grace)
    expect(invitation).toMatchObject({ tenant_slug: 'acme', role: 'editor' })
    const eve = await addUser(plane, 'eve')
    expect(await plane.invitations.listMine(eve)).toEqual([])
    const id = invitation?.invitation_id ?? ''
    await expect(plane.invitations.accept(eve, id)).rejects.toMatchObject({ code: 'not_found' })
    await plane.invitations.accept(grace, id)
    await expect(plane.invitations.accept(grace, id)).rejects.toMatchObject({
      code: 'invitation_gone',
    })
  })

  it('end by time, by decline, by withdrawal and by a new sending', async () => {
    const old = await plane.invitations.create(owner, 'acme', { email: 'a@example.com' })
    const next = await plane.invitations.resend(owner, 'acme', old.invitation_id)
    await expect(plane.invitations.acceptByToken(old.token ?? '', account)).rejects.toMatchObject({
      code: 'not_found',
    })
    const expectGone = async (token: string) => {
      await expect(plane.invitations.acceptByToken(token, account)).rejects.toMatchObject({
        code: 'invitation_gone',
      })
    }
    await plane.invitations.declineByToken(next.token ?? '')
    await expectGone(next.token ?? '')
    const [late, gone] = [await tokenOf('b@example.com'), await tokenOf('c@example.com')]
    const { items } = await plane.invitations.list(owner, 'acme', {})
    const third = items.find(({ email }) => email === 'c@example.com')
    await plane.invitations.withdraw(owner, 'acme', third?.invitation_id ?? '')
    await expectGone(gone)
    now += 8 * 24 * 3600 * 1000
    await expectGone(late)
  })

  it('never change what a member is already', async () => {
    const token = await tokenOf('other@example.com')
    await expect(plane.invitations.acceptByToken(token, owner)).rejects.toMatchObject({
      code: 'already_member',
    })
    expect(await plane.members.get(owner, 'acme', owner.id)).toMatchObject({ role: 'owner' })
  })

  it('tell nothing of whether an address has an account', async () => {
    await addUser(plane, 'grace')
    const known = await plane.invitations.create(owner, 'acme', { email: 'grace@example.com' })
    const unknown = await plane.invitations.create(owner, 'acme', { email: 'nobody@example.com' })
    const shape = (sent: object) => ({ ...sent, invitation_id: 0, email: 0, token: 0, link: 0 })
    expect(shape(known)).toEqual(shape(unknown))
  })

  it('give nobody an address that they have not shown to be theirs', async () => {
    const token = await tokenOf('boss@example.com')
    await plane.invitations.acceptByToken(token, account)
    const ada = await plane.users.get(OPERATOR, 'ada')
    expect(ada.email).toBeNull()
    await addTenant(plane, 'techstart')
    const whom = { email: 'boss@example.com' }
    await plane.invitations.create(OPERATOR, 'techstart', whom)
    const actor = { id: ada.user_id, userId: ada.user_id, superAdmin: false }
    expect(await plane.invitations.listMine(actor)).toEqual([])
    const next = await tokenOf('other@example.com')
    const named = { ...account, username: 'boss@example.com' }
    await expect(plane.invitations.acceptByToken(next, named)).rejects.toMatchObject({
      code: 'invalid_input',
    })
  })

  it('reach a user whose name is their address', async () => {
    const { user_id } = await plane.users.create(OPERATOR, { username: 'grace@example.com' })
    await plane.members.add(owner, 'acme', { user_id: 'Grace@example.com', role: 'editor' })
    const grace = { id: user_id, userId: user_id, superAdmin: false }
    const [mine] = await plane.invitations.listMine(grace)
    await plane.invitations.accept(grace, mine?.invitation_id ?? '')
    expect(await plane.members.get(owner, 'acme', user_id)).toMatchObject({ role: 'editor' })
  })

  it('grant no more than the inviter has', async () => {
    const admin = await addUser(plane, 'admin')
    await plane.members.add(owner, 'acme', { user_id: admin.id, role: 'admin' })
    await expect(
      plane.invitations.create(admin, 'acme', { email: 'x@example.com', role: 'owner' }),
    ).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('let nobody take the name of a super admin', async () => {
    await plane.remove()
    plane = await openPlane({ superAdmins: ['root'] })
    owner = (await addTenant(plane, 'acme')).owner
    const token = await tokenOf('ada@example.com')
    await expect(
      plane.invitations.acceptByToken(token, { ...account, username: 'ROOT' }),
    ).rejects.toMatchObject({ code: 'username_taken' })
    expect((await plane.users.list(OPERATOR, {})).total).toBe(1)
  })

  it('are mailed where there is a mail server, and then shown to nobody else', async () => {
    const mails: string[] = []
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      onData(stream, _session, done) {
        let text = ''
        stream.on('data', (part) => {
          text += String(part)
        })
        stream.on('end', () => {
          mails.push(text)
          done()
        })
      },
    })
    const port = await new Promise<number>((resolve) => {
      const listening = server.listen(0, '127.0.0.1', () => {
        const address = listening.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
    try {
      const mail = smtpMail({ url: `smtp://127.0.0.1:${port}`, from: 'rag@example.com' })
      await plane.remove()
      plane = await openPlane({ mail, linkOf: (token) => `https://x.example/${token}` })
      owner = (await addTenant(plane, 'acme')).owner
      const sent = await plane.invitations.create(owner, 'acme', { email: 'ada@example.com' })
      expect(sent).toMatchObject({ mailed: true, token: null, link: null })
      expect(mails[0]).toMatch(/To: .*ada@example\.com/)
      const link = /https:\/\/x\.example\/(tri_[\w-]+)/.exec(
        mails[0]?.replaceAll('=\r\n', '') ?? '',
      )
      await plane.invitations.acceptByToken(link?.[1] ?? '', account)
      expect((await plane.users.get(OPERATOR, 'ada')).email).toBe('ada@example.com')
    } finally {
      await new Promise<void>((resolve) => server.close(() => resolve()))
    }
  })
})
