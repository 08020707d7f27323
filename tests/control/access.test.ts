import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, OPERATOR } from '../../src/control/authority/actor.ts'
import {
  ControlDatabase,
  controlDatabasePath,
} from '../../src/control/database/control-database.ts'
import { actingIn } from '../../src/tenancy/principal.ts'
import { OpenStreams } from '../../src/tenancy/proxy/open-streams.ts'
import { addTenant, addUser, openPlane, type TestPlane } from './plane.ts'

describe('the directory of the control plane', () => {
  let plane: TestPlane
  let streams: OpenStreams
  let owner: Actor
  let operators: Set<string>
  beforeEach(async () => {
    streams = new OpenStreams()
    operators = new Set(['file:of-the-file'])
    plane = await openPlane({
      streams,
      superAdmins: ['root'],
      isOperatorElsewhere: async (id) => operators.has(id),
    })
    owner = (await addTenant(plane, 'acme')).owner
  })
  afterEach(() => plane.remove())

  const grants = async (name: string) =>
    (await plane.directory.findByUsername(name))?.principal.grants?.map(
      ({ tenant, kb, role, suspended }) => [tenant.slug, kb.slug, role, suspended],
    )

  it('knows what each member holds, and where as what', async () => {
    const { owner: other } = await addTenant(plane, 'techstart')
    await plane.members.add(other, 'techstart', { user_id: owner.id, role: 'viewer' })
    expect(await grants('ACME-owner')).toEqual([
      ['acme', 'default', 'owner', false],
      ['techstart', 'default', 'viewer', false],
    ])
    expect(await grants('nobody')).toBeUndefined()
  })

  it('shows a member the knowledge bases they are limited to, and no other', async () => {
    await plane.kbs.create(owner, 'acme', { name: 'Manuals' })
    await addUser(plane, 'ada')
    await plane.members.add(OPERATOR, 'acme', {
      user_id: 'ada',
      role: 'editor',
      kb_ids: ['manuals'],
    })
    expect(await grants('ada')).toEqual([['acme', 'manuals', 'editor', false]])
    const ada = { id: '', userId: (await plane.users.get(OPERATOR, 'ada')).user_id }
    const actor = { ...ada, id: ada.userId, superAdmin: false }
    expect((await plane.kbs.list(actor, 'acme', {})).items).toHaveLength(1)
    await expect(plane.kbs.get(actor, 'acme', 'default')).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('forgets at once what a change took away, and keeps nothing for long', async () => {
    await addUser(plane, 'ada')
    await plane.members.add(OPERATOR, 'acme', { user_id: 'ada', role: 'editor' })
    expect(await grants('ada')).toHaveLength(1)
    await plane.members.update(owner, 'acme', 'ada', { role: 'viewer' })
    expect(await grants('ada')).toEqual([['acme', 'default', 'viewer', false]])
    await plane.members.remove(owner, 'acme', 'ada')
    expect(await grants('ada')).toEqual([])
    await plane.tenants.suspend(OPERATOR, 'acme', 'unpaid')
    expect(await grants('acme-owner')).toEqual([['acme', 'default', 'owner', true]])
    await plane.tenants.resume(OPERATOR, 'acme')
    expect(await grants('acme-owner')).toEqual([['acme', 'default', 'owner', false]])
    await plane.users.setDisabled(OPERATOR, 'acme-owner', true)
    expect(await grants('acme-owner')).toBeUndefined()
  })

  it('sees what another process has changed', async () => {
    expect(await grants('acme-owner')).toHaveLength(1)
    const other = await ControlDatabase.open(controlDatabasePath(plane.root))
    await other.db.deleteFrom('memberships').execute()
    await other.close()
    expect(await grants('acme-owner')).toEqual([])
  })

  it('ends the open streams of whom a change concerns, and of nobody else', async () => {
    await addUser(plane, 'ada')
    await plane.members.add(OPERATOR, 'acme', { user_id: 'ada', role: 'editor' })
    const open = async (name: string) => {
      const principal = (await plane.directory.findByUsername(name))?.principal
      if (principal === undefined) throw new Error('no such user')
      return streams.add({ principal, workspace: 'acme__default', requestId: name }).ending
    }
    const [ada, boss] = [await open('ada'), await open('acme-owner')]
    await plane.members.update(owner, 'acme', 'ada', { role: 'viewer' })
    await plane.members.remove(owner, 'acme', 'ada')
    await expect.poll(() => ada.aborted).toBe(true)
    expect(ada.reason).toMatchObject({ code: 'access_ended' })
    expect(boss.aborted).toBe(false)
    await plane.tenants.suspend(OPERATOR, 'acme', 'unpaid')
    await expect.poll(() => boss.aborted).toBe(true)
  })

  it('ends the streams of an operator who acts for a tenant, once they are none', async () => {
    const { user_id } = await plane.users.create(OPERATOR, { username: 'root' })
    const named = (await plane.directory.findByUsername('root'))?.principal
    const grants = (await plane.directory.findByUsername('acme-owner'))?.principal.grants
    const [tenant] = grants ?? []
    if (named === undefined || tenant === undefined) throw new Error('nobody acts')
    const open = (userId: string) => {
      const principal = { ...named, userId, grants: [tenant], actingFor: tenant.tenant.id }
      return streams.add({ principal, workspace: 'acme__default', requestId: userId }).ending
    }
    const [stored, ofFile] = [open(user_id), open('of-the-file')]
    await plane.tenants.update(OPERATOR, 'acme', { description: 'looks at all streams' })
    await plane.users.setDisabled(OPERATOR, 'root', true)
    await expect.poll(() => stored.aborted).toBe(true)
    expect(ofFile.aborted).toBe(false)
    operators.clear()
    await plane.users.setDisabled(OPERATOR, 'root', false)
    await expect.poll(() => ofFile.aborted).toBe(true)
  })

  it('ends the streams of whose role has become less', async () => {
    await addUser(plane, 'ada')
    await plane.members.add(OPERATOR, 'acme', { user_id: 'ada', role: 'editor' })
    const principal = (await plane.directory.findByUsername('ada'))?.principal
    const [grant] = principal?.grants ?? []
    if (principal === undefined || grant === undefined) throw new Error('no such user')
    const { ending } = streams.add({
      principal: actingIn(principal, grant),
      workspace: 'acme__default',
      requestId: 'ada',
    })
    await plane.members.update(owner, 'acme', 'ada', { role: 'admin' })
    expect(ending.aborted).toBe(false)
    await plane.members.update(owner, 'acme', 'ada', { role: 'viewer' })
    await expect.poll(() => ending.aborted).toBe(true)
  })

  it('checks passwords, and binds tokens to them', async () => {
    await plane.users.setPassword(OPERATOR, 'acme-owner', 'a good password')
    const before = await plane.directory.verifyPassword('Acme-Owner', 'a good password')
    expect(before?.principal.username).toBe('acme-owner')
    expect(await plane.directory.verifyPassword('acme-owner', 'a bad password')).toBeUndefined()
    expect(await plane.directory.verifyPassword('nobody', 'a good password')).toBeUndefined()
    await plane.users.signOutEverywhere(owner, owner.id)
    const after = await plane.directory.findByUsername('acme-owner')
    expect(after?.passwordField).not.toBe(before?.passwordField)
  })

  it('refuses a password for which there is no hash', async () => {
    expect(await plane.directory.verifyPassword('acme-owner', '')).toBeUndefined()
    await expect(plane.users.setPassword(owner, owner.id, 'x'.repeat(73))).rejects.toMatchObject({
      code: 'invalid_input',
    })
  })

  it('makes super admins of those who are named so, and lets nobody take such a name', async () => {
    await plane.users.create(OPERATOR, { username: 'Root' })
    expect((await plane.directory.findByUsername('root'))?.principal.superAdmin).toBe(true)
    expect((await plane.directory.findByUsername('acme-owner'))?.principal.superAdmin).toBe(false)
  })
})
