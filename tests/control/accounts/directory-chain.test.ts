import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hash } from 'bcryptjs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DirectoryChain } from '../../../src/control/accounts/directory-chain.ts'
import { OPERATOR } from '../../../src/control/authority/actor.ts'
import { UsersFile } from '../../../src/tenancy/users/users-file.ts'
import { openPlane, type TestPlane } from '../plane.ts'

/** The server's own cost would take seconds. */
const CHEAP = 4
const STORED = 'the password of the store'
const FILED = 'the password of the file'

describe('a name that is in the users file and in the control database', () => {
  let folder: string
  let plane: TestPlane
  let users: UsersFile
  let chain: DirectoryChain

  const write = async (disabled: boolean) => {
    const password = await hash(FILED, CHEAP)
    const dan = { username: 'Dan', password, api_key: 'key-of-dan', workspace: 'dan' }
    return writeFile(join(folder, 'users.json'), JSON.stringify({ users: [{ ...dan, disabled }] }))
  }
  const signIn = async (name: string, password: string) =>
    (await chain.verifyPassword(name, password))?.principal.userId

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenantrag-chain-'))
    await write(true)
    plane = await openPlane()
    await plane.users.create(OPERATOR, { username: 'dan', email: 'dan@example.com' })
    const password_hash = await hash(STORED, CHEAP)
    await plane.core.mutate(({ tx }) => tx.updateTable('users').set({ password_hash }).execute())
    users = new UsersFile({ path: join(folder, 'users.json'), pollMs: 3_600_000 })
    chain = new DirectoryChain(users, plane.directory)
  })
  afterEach(async () => {
    await users.close()
    await plane.remove()
    await rm(folder, { recursive: true, force: true })
  })

  it('lets nobody in by either while the file has disabled it', async () => {
    for (const name of ['dan', 'DAN', 'dan@example.com']) {
      for (const password of [STORED, FILED]) expect(await signIn(name, password)).toBeUndefined()
    }
    // Nor do tokens hold, which are looked up by the name.
    expect(await chain.findByUsername('dan')).toBeUndefined()
    expect(await chain.findByApiKey('key-of-dan')).toBeUndefined()
  })

  it('is the file’s while it stands there, whatever the database says', async () => {
    await write(false)
    await users.reloadNow()
    expect(await signIn('dan', FILED)).toBe('dan')
    expect(await signIn('dan', STORED)).toBeUndefined()
    expect(await signIn('dan@example.com', STORED)).toBeUndefined()
    await plane.users.setDisabled(OPERATOR, 'dan', true)
    expect(await signIn('dan', FILED)).toBe('dan')
    expect((await chain.findByUsername('dan'))?.principal.grants).toBeUndefined()
  })

  it('is the database’s once it is no longer in the file, unless disabled there', async () => {
    const other = { username: 'ann', password: FILED, api_key: 'key-of-ann', workspace: 'ann' }
    await writeFile(join(folder, 'users.json'), JSON.stringify({ users: [other] }))
    await users.reloadNow()
    expect(await signIn('dan', FILED)).toBeUndefined()
    expect(await signIn('dan', STORED)).toMatch(/^usr_/)
    expect(await signIn('dan@example.com', STORED)).toMatch(/^usr_/)
    await plane.users.setDisabled(OPERATOR, 'dan', true)
    expect(await signIn('dan', STORED)).toBeUndefined()
    expect(await signIn('dan@example.com', STORED)).toBeUndefined()
  })
})
