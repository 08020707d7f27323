import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, OPERATOR } from '../../src/control/actor.ts'
import { ROLE_PERMISSIONS, TENANT_PERMISSIONS } from '../../src/control/tenant-permissions.ts'
import { ROLES, type Role } from '../../src/tenancy/principal.ts'
import { addTenant, addUser, openPlane, type TestPlane } from './plane.ts'

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

  it('nobody raises himself, and nobody but an owner touches an owner', async () => {
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
    const calls = {
      'tenant:read': (by: Actor) => plane.tenants.get(by, 'acme'),
      'tenant:manage': (by: Actor) => plane.tenants.update(by, 'acme', { description: 'x' }),
      'tenant:manage_members': (by: Actor) => plane.invitations.list(by, 'acme', {}),
      'tenant:manage_billing': (by: Actor) => plane.quotas.standing(by, 'acme'),
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
        const allowed = [...ROLE_PERMISSIONS[role]].some((one) => one === permission)
        const got = await outcome(call(actor(role)))
        expect([permission, role, got]).toEqual([permission, role, allowed ? 'done' : 'forbidden'])
      }
    }
    expect(Object.keys(calls).every((one) => TENANT_PERMISSIONS.some((p) => p === one))).toBe(true)
  })

  it('a suspended tenant is read only to its members', async () => {
    await plane.tenants.suspend(OPERATOR, 'acme', 'unpaid')
    expect(await outcome(plane.tenants.get(owner, 'acme'))).toBe('done')
    expect(await outcome(plane.kbs.create(owner, 'acme', { name: 'x' }))).toBe('tenant_not_active')
  })
})
