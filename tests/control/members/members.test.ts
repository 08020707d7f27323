import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, OPERATOR } from '../../../src/control/authority/actor.ts'
import {
  ROLE_PERMISSIONS,
  TENANT_PERMISSIONS,
} from '../../../src/control/authority/tenant-permissions.ts'
import { ROLES, type Role } from '../../../src/tenancy/principal.ts'
import { addTenant, addUser, openPlane, type TestPlane } from '../plane.ts'

describe('members', () => {
  let plane: TestPlane
  let owner: Actor
  const as: Partial<Record<Role, Actor>> = {}
  beforeEach(async () => {
    plane = await openPlane()
    owner = (await addTenant(plane, 'acme')).owner
    as.owner = owner
    for (const role of ROLES.slice(1)) {
      const actor = await addUser(plane, role.replace(':', '-'))
      await plane.members.add(owner, 'acme', { user_id: actor.id, role })
      as[role] = actor
    }
  })
  afterEach(() => plane.remove())

  const actor = (role: Role): Actor => as[role] ?? owner
  const outcome = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: { code: string }) => error.code,
    )

  const failure = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: Error) => error.message,
    )

  it.each(ROLES.flatMap((by) => ROLES.map((to) => [by, to] as const)))(
    '%s may grant %s only when it manages members and is not below',
    async (by, to) => {
      const newcomer = await addUser(plane, 'newcomer')
      const added = await outcome(
        plane.members.add(actor(by), 'acme', { user_id: newcomer.id, role: to }),
      )
      const manages = by === 'owner' || by === 'admin'
      expect(added).toBe(manages && ROLES.indexOf(by) <= ROLES.indexOf(to) ? 'done' : 'forbidden')
    },
  )

  it('nobody raises themselves, and nobody but an owner touches an owner', async () => {
    for (const role of ROLES.slice(1)) {
      const self = actor(role)
      expect(await outcome(plane.members.update(self, 'acme', self.id, { role: 'owner' }))).toBe(
        'forbidden',
      )
      expect(await outcome(plane.members.remove(self, 'acme', owner.id))).toBe('forbidden')
      expect(await outcome(plane.members.update(self, 'acme', owner.id, { role: 'viewer' }))).toBe(
        'forbidden',
      )
    }
  })

  it('the last owner stays, until the ownership is handed over', async () => {
    expect(await outcome(plane.members.remove(owner, 'acme', owner.id))).toBe('last_owner')
    expect(await outcome(plane.members.update(owner, 'acme', owner.id, { role: 'admin' }))).toBe(
      'last_owner',
    )
    expect(await outcome(plane.members.transfer(actor('admin'), 'acme', actor('admin').id))).toBe(
      'forbidden',
    )
    await plane.members.transfer(owner, 'acme', actor('editor').id)
    expect(await plane.members.get(owner, 'acme', owner.id)).toMatchObject({ role: 'admin' })
    expect(await outcome(plane.members.remove(owner, 'acme', owner.id))).toBe('done')
  })

  it('two owners who leave at once leave one behind', async () => {
    const second = await addUser(plane, 'second')
    await plane.members.add(owner, 'acme', { user_id: second.id, role: 'owner' })
    const left = await Promise.all([
      outcome(plane.members.remove(owner, 'acme', owner.id)),
      outcome(plane.members.remove(second, 'acme', second.id)),
    ])
    expect(left.sort()).toEqual(['done', 'last_owner'])
  })

  it('a second addition changes no role, and anybody may leave', async () => {
    const editor = actor('editor')
    expect(
      await outcome(plane.members.add(owner, 'acme', { user_id: editor.id, role: 'viewer' })),
    ).toBe('already_member')
    expect(await plane.members.get(owner, 'acme', editor.id)).toMatchObject({ role: 'editor' })
    expect(await outcome(plane.members.remove(editor, 'acme', editor.id))).toBe('done')
    expect(await outcome(plane.tenants.get(editor, 'acme'))).toBe('not_found')
  })

  it('who manages a tenant is not limited to some of its knowledge bases', async () => {
    const admin = actor('admin')
    expect(
      await outcome(plane.members.update(owner, 'acme', admin.id, { kb_ids: ['default'] })),
    ).toBe('invalid_input')
  })

  it('each role does what the matrix says, and nothing else', async () => {
    const managers = ['owner', 'admin']
    const editors = [...managers, 'editor']
    const allowed: Readonly<Record<string, readonly string[]>> = {
      'tenant:read': ROLES,
      'tenant:manage': managers,
      'tenant:manage_members': managers,
      'tenant:manage_billing': managers,
      'kb:create': editors,
      'kb:delete': editors,
      'kb:manage': managers,
      'tenant:own': ['owner'],
    }
    const calls = {
      'tenant:read': (by: Actor) => plane.tenants.get(by, 'acme'),
      'tenant:manage': (by: Actor) => plane.tenants.update(by, 'acme', { description: 'x' }),
      'tenant:manage_members': (by: Actor) => plane.invitations.list(by, 'acme', {}),
      'tenant:manage_billing': (by: Actor) => plane.quotas.state(by, 'acme'),
      'kb:create': (by: Actor) => plane.kbs.create(by, 'acme', { name: `by ${by.id}` }),
      'kb:delete': async (by: Actor) => {
        const kb = await plane.kbs.create(owner, 'acme', { name: `goes ${by.id}` })
        return plane.deletions.deleteKb(by, 'acme', kb.kb_id)
      },
      'kb:manage': (by: Actor) => plane.kbs.update(by, 'acme', 'default', { description: 'x' }),
      'tenant:own': (by: Actor) => plane.members.transfer(by, 'acme', owner.id),
    } as const
    for (const [permission, call] of Object.entries(calls)) {
      for (const role of ROLES) {
        const granted = [...ROLE_PERMISSIONS[role]].some((one) => one === permission)
        const got = await outcome(call(actor(role)))
        const may = allowed[permission]?.includes(role)
        expect([permission, role, got]).toEqual([permission, role, may ? 'done' : 'forbidden'])
        expect([permission, role, granted]).toEqual([permission, role, may])
      }
    }
    expect(Object.keys(calls).every((one) => TENANT_PERMISSIONS.some((p) => p === one))).toBe(true)
  })

  it('a name or an address is answered alike whether or not somebody has it', async () => {
    await addUser(plane, 'stranger')
    const shown = async (ref: string) => {
      const added = await plane.members.add(owner, 'acme', { user_id: ref, role: 'editor' })
      const { items } = await plane.invitations.list(owner, 'acme', { limit: 1 })
      const again = await outcome(plane.members.add(owner, 'acme', { user_id: ref }))
      const resent = await plane.invitations.resend(owner, 'acme', items[0]?.invitation_id ?? '')
      const other = await failure(plane.members.get(owner, 'acme', ref))
      const change = await failure(plane.members.update(owner, 'acme', ref, { role: 'viewer' }))
      const removal = await failure(plane.members.remove(owner, 'acme', ref))
      const transfer = await failure(plane.members.transfer(owner, 'acme', ref))
      const text = JSON.stringify({
        ...{ added, invitation: items[0], again, resent, other, change, removal, transfer },
      })
      return text
        .replaceAll(ref, 'REF')
        .replace(/inv_\w{20}/g, 'INV')
        .replace(/tri_[\w-]{43}/g, 'TRI')
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'WHEN')
    }
    const name = await shown('stranger')
    expect(name).toContain('"status":"invited"')
    expect(name).toContain('"again":"conflict"')
    expect(name).not.toContain('TRI')
    expect(await shown('nobody-has-it')).toBe(name)
    expect(await shown('Stranger@example.com')).toBe(await shown('nobody@example.com'))
    expect((await plane.members.list(owner, 'acme', {})).total).toBe(ROLES.length)
  })

  it('nobody who is not in a tenant learns by it which users there are', async () => {
    const eve = await addUser(plane, 'eve')
    for (const work of ['get', 'remove', 'transfer'] as const) {
      const texts = ['editor', 'nobody-has-it', actor('editor').id].map((ref) =>
        failure(plane.members[work](eve, 'acme', ref)),
      )
      expect(new Set(await Promise.all(texts)).size).toBe(1)
    }
  })

  it('a stranger who is added by name becomes a member by accepting', async () => {
    const stranger = await addUser(plane, 'stranger')
    const input = { user_id: 'Stranger', role: 'editor' } as const
    const added = await plane.members.add(owner, 'acme', input)
    expect(added).toMatchObject({ user_id: 'Stranger', role: 'editor', email: null })
    expect(await outcome(plane.tenants.get(stranger, 'acme'))).toBe('not_found')
    const [mine] = await plane.invitations.listMine(stranger)
    expect(mine?.invitation_id).toBe(added.invitation_id)
    await plane.invitations.accept(stranger, mine?.invitation_id ?? '')
    expect(await plane.members.get(owner, 'acme', 'stranger')).toMatchObject({
      user_id: stranger.id,
      role: 'editor',
      status: 'active',
    })
  })

  it('a name that nobody has stays nobody’s, whoever takes it later', async () => {
    const { invitation_id = '' } = await plane.members.add(owner, 'acme', { user_id: 'later' })
    const later = await addUser(plane, 'later')
    expect(await plane.invitations.listMine(later)).toEqual([])
    expect(await outcome(plane.invitations.accept(later, invitation_id))).toBe('not_found')
  })

  it('an id, an operator, and a user of another tenant of both need no invitation', async () => {
    const byId = await addUser(plane, 'by-id')
    const added = await plane.members.add(owner, 'acme', { user_id: byId.id })
    expect(added).toMatchObject({ username: 'by-id', role: 'viewer', status: 'active' })
    expect(await outcome(plane.members.add(owner, 'acme', { user_id: 'usr_nobody' }))).toBe(
      'not_found',
    )
    await addUser(plane, 'by-name')
    const input = { user_id: 'by-name@example.com' }
    expect(await plane.members.add(OPERATOR, 'acme', input)).toMatchObject({ status: 'active' })
    expect(await outcome(plane.members.add(OPERATOR, 'acme', { user_id: 'nobody' }))).toBe(
      'not_found',
    )
    const tenant = { name: 'techstart' }
    await plane.tenants.create(owner, tenant)
    const colleague = { user_id: 'editor@example.com' }
    expect(await plane.members.add(owner, 'techstart', colleague)).toMatchObject({
      user_id: actor('editor').id,
      status: 'active',
    })
  })

  it('a suspended tenant is read only to its members', async () => {
    await plane.tenants.suspend(OPERATOR, 'acme', 'unpaid')
    expect(await outcome(plane.tenants.get(owner, 'acme'))).toBe('done')
    expect(await outcome(plane.kbs.create(owner, 'acme', { name: 'x' }))).toBe('tenant_not_active')
  })
})
