import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, OPERATOR } from '../../../src/control/authority/actor.ts'
import { addTenant, addUser, openPlane, type TestPlane } from '../plane.ts'

const FILE_OPERATOR: Actor = { id: 'file:root', userId: undefined, superAdmin: true }

describe('an invitation', () => {
  let plane: TestPlane
  let owner: Actor
  let admin: Actor
  let guest: Actor
  let operators: Set<string>
  beforeEach(async () => {
    operators = new Set([OPERATOR.id, FILE_OPERATOR.id])
    plane = await openPlane({
      superAdmins: ['named'],
      isOperatorElsewhere: async (id) => operators.has(id),
    })
    owner = (await addTenant(plane, 'acme')).owner
    admin = await member('admin', 'admin')
    guest = await addUser(plane, 'guest')
  })
  afterEach(() => plane.remove())

  const member = async (name: string, role: 'owner' | 'admin' | 'editor') => {
    const user = await addUser(plane, name)
    await plane.members.add(owner, 'acme', { user_id: user.id, role })
    return user
  }
  const operator = async (username: string, super_admin: boolean): Promise<Actor> => {
    const { user_id } = await plane.users.create(OPERATOR, { username, super_admin })
    return { id: user_id, userId: user_id, superAdmin: true }
  }
  const change = (who: Actor, role: 'admin' | 'editor' | 'viewer') =>
    plane.members.update(owner, 'acme', who.id, { role })

  /** Who sends it, what they offer, and how they come to be allowed no more. */
  const LAPSES: Readonly<
    Record<
      string,
      {
        readonly sender: () => Promise<Actor>
        readonly role?: 'owner' | 'admin' | 'editor'
        readonly lapse: (sender: Actor) => Promise<unknown>
        /** Whether it is ended for good, and not for as long as they are not allowed. */
        readonly forGood?: false
      }
    >
  > = {
    'an admin who was removed': {
      sender: async () => admin,
      lapse: ({ id }) => plane.members.remove(owner, 'acme', id),
    },
    'an admin who has left': {
      sender: async () => admin,
      lapse: (sender) => plane.members.remove(sender, 'acme', sender.id),
    },
    'an admin who is an editor now': {
      sender: async () => admin,
      lapse: (sender) => change(sender, 'editor'),
    },
    'an owner who is an admin now, to be an owner': {
      sender: () => member('second', 'owner'),
      role: 'owner',
      lapse: (sender) => change(sender, 'admin'),
    },
    'an owner who has handed the tenant over, to be an owner': {
      sender: async () => owner,
      role: 'owner',
      lapse: (sender) => plane.members.transfer(sender, 'acme', admin.id),
    },
    'an admin who was disabled': {
      sender: async () => admin,
      lapse: ({ id }) => plane.users.setDisabled(OPERATOR, id, true),
    },
    'an operator who was disabled': {
      sender: () => operator('root', true),
      lapse: ({ id }) => plane.users.setDisabled(OPERATOR, id, true),
    },
    'an operator by name who was disabled': {
      sender: () => operator('named', false),
      lapse: ({ id }) => plane.users.setDisabled(OPERATOR, id, true),
    },
    'an operator of the users file who is none any more': {
      sender: async () => FILE_OPERATOR,
      lapse: async () => operators.delete(FILE_OPERATOR.id),
      forGood: false,
    },
    'a key, as keys could before': {
      sender: async () => admin,
      lapse: async () => {
        const { key_id } = await plane.apiKeys.create(admin, 'acme', { name: 'k', role: 'admin' })
        await sentBy(key_id)
      },
      forGood: false,
    },
  }
  const sentBy = (id: string) =>
    plane.core.mutate(({ tx }) => tx.updateTable('invitations').set({ created_by: id }).execute())

  it.each(Object.entries(LAPSES))(
    'of %s counts no more, and is shown as withdrawn',
    async (_, { sender: sending, role = 'editor', lapse, forGood = true }) => {
      const sender = await sending()
      const whom = { email: 'guest@example.com', role }
      const sent = await plane.invitations.create(sender, 'acme', whom)
      const second = { email: 'stranger@example.com', role }
      const other = await plane.invitations.create(sender, 'acme', second)
      expect(await plane.invitations.listMine(guest)).toHaveLength(1)
      await lapse(sender)

      const gone = { code: 'invitation_gone' }
      const account = { username: 'ghost', password: 'long enough' }
      const { token } = other
      await expect(plane.invitations.acceptByToken(token ?? '', account)).rejects.toMatchObject(
        gone,
      )
      await expect(plane.invitations.acceptByToken(sent.token ?? '', guest)).rejects.toMatchObject(
        gone,
      )
      await expect(plane.invitations.accept(guest, sent.invitation_id)).rejects.toMatchObject(gone)
      expect(await plane.invitations.listMine(guest)).toEqual([])
      const { items } = await plane.invitations.list(OPERATOR, 'acme', {})
      expect(items.map(({ status }) => status)).toEqual(['withdrawn', 'withdrawn'])
      await expect(
        plane.invitations.resend(OPERATOR, 'acme', sent.invitation_id),
      ).rejects.toMatchObject(gone)
      const rows = await plane.core.db.selectFrom('invitations').select('status').execute()
      const kept = forGood ? 'withdrawn' : 'pending'
      expect(rows.map(({ status }) => status)).toEqual([kept, kept])
      // Nor does it keep anybody from inviting the same people.
      await plane.invitations.create(OPERATOR, 'acme', second)
      const { invitation_id } = await plane.invitations.create(OPERATOR, 'acme', whom)
      await plane.invitations.accept(guest, invitation_id)
    },
  )

  it('does not come back with the right of who sent it', async () => {
    const { token } = await plane.invitations.create(admin, 'acme', { email: 'x@example.com' })
    await change(admin, 'viewer')
    await change(admin, 'admin')
    const account = { username: 'ghost', password: 'long enough' }
    await expect(plane.invitations.acceptByToken(token ?? '', account)).rejects.toMatchObject({
      code: 'invitation_gone',
    })
  })

  it('stays while who sent it may still grant what it offers', async () => {
    const second = await member('second', 'owner')
    const { token } = await plane.invitations.create(second, 'acme', { email: 'x@example.com' })
    await change(second, 'admin')
    const account = { username: 'ghost', password: 'long enough' }
    await plane.invitations.acceptByToken(token ?? '', account)
    expect(await plane.members.get(owner, 'acme', 'ghost')).toMatchObject({ role: 'viewer' })
  })

  it('is of who sent it last', async () => {
    const { invitation_id } = await plane.invitations.create(admin, 'acme', {
      email: 'guest@example.com',
    })
    await plane.invitations.resend(owner, 'acme', invitation_id)
    await plane.members.remove(owner, 'acme', admin.id)
    await plane.invitations.accept(guest, invitation_id)
    expect(await plane.members.get(owner, 'acme', guest.id)).toMatchObject({ role: 'viewer' })
  })

  it('of another tenant stays when somebody is removed from this one', async () => {
    await plane.tenants.create(admin, { name: 'techstart' })
    await plane.invitations.create(admin, 'techstart', { email: 'guest@example.com' })
    await plane.members.remove(owner, 'acme', admin.id)
    expect(await plane.invitations.listMine(guest)).toHaveLength(1)
  })

  it('leaves a line in the audit of its tenant when it falls', async () => {
    await plane.invitations.create(admin, 'acme', { email: 'x@example.com' })
    await plane.members.remove(owner, 'acme', admin.id)
    const { items } = await plane.acts.list(owner, 'acme', { action: 'invitation_withdrawn' })
    expect(items).toMatchObject([{ actor: owner.id, details: { role: 'viewer' } }])
  })
})
