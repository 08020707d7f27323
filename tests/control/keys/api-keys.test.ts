import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, actorOf, OPERATOR } from '../../../src/control/authority/actor.ts'
import { addTenant, addUser, openPlane, type TestPlane } from '../plane.ts'

describe('API keys', () => {
  let plane: TestPlane
  let owner: Actor
  let now = Date.UTC(2026, 0, 1)
  beforeEach(async () => {
    now = Date.UTC(2026, 0, 1)
    plane = await openPlane({ now: () => now })
    owner = (await addTenant(plane, 'acme')).owner
  })
  afterEach(() => plane.remove())

  const find = async (key: string) => (await plane.directory.findByApiKey(key))?.grants

  it('stand for a role and knowledge bases of their tenant', async () => {
    await plane.kbs.create(owner, 'acme', { name: 'Manuals' })
    const { key } = await plane.apiKeys.create(owner, 'acme', {
      name: 'reader',
      role: 'viewer',
      kb_ids: ['manuals'],
    })
    expect(await find(key)).toMatchObject([{ workspace: 'acme__manuals', role: 'viewer' }])
    expect(await find(`${key}x`)).toBeUndefined()
  })

  it('are shown once, and nowhere in the files', async () => {
    const { key, key_id, prefix } = await plane.apiKeys.create(owner, 'acme', { name: 'one' })
    expect(key.startsWith(prefix)).toBe(true)
    const shown = [
      await plane.apiKeys.get(owner, 'acme', key_id),
      await plane.apiKeys.list(owner, 'acme', {}),
    ]
    expect(JSON.stringify(shown)).not.toContain(key.slice(12))
    const folder = join(plane.root, '_control')
    for (const name of await readdir(folder)) {
      expect((await readFile(join(folder, name))).includes(key.slice(12)), name).toBe(false)
    }
  })

  it('end with their revocation, their expiry, and the membership of their maker', async () => {
    await addUser(plane, 'ada')
    await plane.members.add(OPERATOR, 'acme', { user_id: 'ada', role: 'admin' })
    const user = await plane.users.get(OPERATOR, 'ada')
    const ada = { id: user.user_id, userId: user.user_id, superAdmin: false }
    const keys = await Promise.all(
      ['revoked', 'expired', 'orphaned'].map((name) =>
        plane.apiKeys.create(ada, 'acme', {
          name,
          ...(name === 'expired' ? { expires_at: new Date(now + 1000).toISOString() } : {}),
        }),
      ),
    )
    for (const { key } of keys) expect(await find(key)).toHaveLength(1)
    await plane.apiKeys.revoke(owner, 'acme', keys[0]?.key_id ?? '')
    expect(await find(keys[0]?.key ?? '')).toBeUndefined()
    now += 1000
    expect(await find(keys[1]?.key ?? '')).toBeUndefined()
    await plane.members.remove(owner, 'acme', 'ada')
    expect(await find(keys[2]?.key ?? '')).toBeUndefined()
  })

  it('of an operator end when they are disabled', async () => {
    const { user_id } = await plane.users.create(OPERATOR, { username: 'ops', super_admin: true })
    const ops = { id: user_id, userId: user_id, superAdmin: true }
    const [of, byServer] = await Promise.all(
      [ops, OPERATOR].map((who) => plane.apiKeys.create(who, 'acme', { name: 'k' })),
    )
    expect(await find(of?.key ?? '')).toHaveLength(1)
    await plane.users.setDisabled(OPERATOR, 'ops', true)
    expect(await find(of?.key ?? '')).toBeUndefined()
    expect(await find(byServer?.key ?? '')).toHaveLength(1)
  })

  it('never do more than their maker may do now', async () => {
    await addUser(plane, 'ada')
    await plane.members.add(OPERATOR, 'acme', { user_id: 'ada', role: 'admin' })
    const user = await plane.users.get(OPERATOR, 'ada')
    const ada = { id: user.user_id, userId: user.user_id, superAdmin: false }
    await expect(
      plane.apiKeys.create(ada, 'acme', { name: 'too much', role: 'owner' }),
    ).rejects.toMatchObject({ code: 'forbidden' })
    const { key } = await plane.apiKeys.create(ada, 'acme', { name: 'k', role: 'admin' })
    await plane.members.update(owner, 'acme', 'ada', { role: 'viewer' })
    expect(await find(key)).toMatchObject([{ role: 'viewer' }])
  })

  it('reach no other tenant, and make no other key', async () => {
    await addTenant(plane, 'techstart')
    const { key, key_id } = await plane.apiKeys.create(owner, 'acme', { name: 'k', role: 'admin' })
    const principal = await plane.directory.findByApiKey(key)
    if (principal === undefined) throw new Error('the key is not found')
    const actor = actorOf(principal)
    expect((await plane.tenants.list(actor, {})).items.map(({ slug }) => slug)).toEqual(['acme'])
    await expect(plane.tenants.get(actor, 'techstart')).rejects.toMatchObject({ code: 'not_found' })
    await expect(plane.apiKeys.create(actor, 'acme', { name: 'x' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(plane.apiKeys.rotate(actor, 'acme', key_id)).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('overlap with their successor for as long as was asked', async () => {
    const old = await plane.apiKeys.create(owner, 'acme', { name: 'k', role: 'editor', rate: 7 })
    const next = await plane.apiKeys.rotate(owner, 'acme', old.key_id, 60)
    expect(next).toMatchObject({ name: 'k', role: 'editor', rate: 7 })
    expect(await find(old.key)).toHaveLength(1)
    now += 60_000
    expect(await find(old.key)).toBeUndefined()
    expect(await find(next.key)).toHaveLength(1)
    await expect(plane.apiKeys.rotate(owner, 'acme', old.key_id)).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('remember when they were last used', async () => {
    const { key, key_id } = await plane.apiKeys.create(owner, 'acme', { name: 'k' })
    await find(key)
    await plane.directory.flush()
    const { last_used_at } = await plane.apiKeys.get(owner, 'acme', key_id)
    expect(last_used_at).toBe(new Date(now).toISOString())
  })
})
