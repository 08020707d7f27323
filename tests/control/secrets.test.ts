import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../src/control/authority/actor.ts'
import { Sealer } from '../../src/control/keys/sealer.ts'
import { workspaceConfig } from '../../src/control/quotas/workspace-settings.ts'
import { addTenant, openPlane, SEAL_SECRET, type TestPlane } from './plane.ts'

describe('provider keys and settings', () => {
  let plane: TestPlane
  let owner: Actor
  const reopened: string[] = []
  beforeEach(async () => {
    reopened.length = 0
    plane = await openPlane({ reopen: (names) => reopened.push(...names) })
    owner = (await addTenant(plane, 'acme')).owner
  })
  afterEach(() => plane.remove())

  it('are kept encrypted, shown by their last four, and revealed to the engine alone', async () => {
    const key = 'sk-0123456789-abcdefgh'
    const info = await plane.secrets.set(owner, 'acme', { provider: 'openai', key })
    expect(info).toMatchObject({ last_four: 'efgh', kb_id: null })
    const shown = [info, await plane.secrets.list(owner, 'acme')]
    expect(JSON.stringify(shown)).not.toMatch(/0123456789|v1\./)
    await addTenant(plane, 'techstart')
    expect(await plane.secrets.reveal('techstart__default', 'openai')).toBeUndefined()
    expect(await plane.secrets.reveal('acme__default', 'openai')).toBe(key)
    expect(reopened).toEqual(['acme__default'])
    const folder = join(plane.root, '_control')
    for (const name of await readdir(folder)) {
      expect((await readFile(join(folder, name))).includes('0123456789'), name).toBe(false)
    }
    const own = { provider: 'openai', key: 'another-key-of-its-own', kb: 'default' }
    await plane.secrets.set(owner, 'acme', own)
    expect(await plane.secrets.reveal('acme__default', 'openai')).toBe(own.key)
    await plane.secrets.remove(owner, 'acme', 'openai', 'default')
    expect(await plane.secrets.reveal('acme__default', 'openai')).toBe(key)
  })

  it('do not open with another key, in another place, or when they were altered', () => {
    const sealer = new Sealer(SEAL_SECRET)
    const sealed = sealer.seal('secret', 'here')
    expect(sealer.open(sealed, 'here')).toBe('secret')
    expect(sealer.seal('secret', 'here')).not.toBe(sealed)
    const altered = `${sealed.slice(0, -3)}${sealed.endsWith('AAA') ? 'BBB' : 'AAA'}`
    for (const open of [
      () => sealer.open(sealed, 'there'),
      () => new Sealer(`another ${SEAL_SECRET}`).open(sealed, 'here'),
      () => sealer.open(altered, 'here'),
      () => sealer.open('v1.', 'here'),
    ]) {
      expect(open).toThrow(expect.objectContaining({ code: 'secret_unreadable' }))
    }
  })

  it('hold for a knowledge base over its tenant, and null inherits again', async () => {
    const of = () => workspaceConfig(plane.core, 'acme__default')
    await plane.tenants.update(owner, 'acme', { config: { top_k: 10, language: 'German' } })
    await plane.kbs.update(owner, 'acme', 'default', { config: { top_k: 20 } })
    expect(await of()).toEqual({ top_k: 20, language: 'German' })
    await plane.kbs.update(owner, 'acme', 'default', { config: { top_k: null } })
    expect(await of()).toEqual({ top_k: 10, language: 'German' })
    expect(reopened).toEqual(['acme__default', 'acme__default', 'acme__default'])
    await expect(
      plane.tenants.update(owner, 'acme', { config: { top_k: 0 } }),
    ).rejects.toMatchObject({ code: 'invalid_input' })
    expect(await workspaceConfig(plane.core, 'nobodys')).toEqual({})
  })
})
