import { appendFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readUsersAhead } from '../../../src/tenancy/users/read-users-version.ts'
import { UsersFile } from '../../../src/tenancy/users/users-file.ts'
import { manyUsers } from '../../server/test-server.ts'
import { temporaryFolder } from '../fixtures.ts'

const LARGE = 1000

let path: string
beforeEach(async () => {
  path = join(await temporaryFolder(), 'users.json')
})
const write = (count: number) => writeFile(path, JSON.stringify({ users: manyUsers(count) }))

describe('a users file that is read ahead', () => {
  it('serves the users that a file read in its place serves', async () => {
    await write(LARGE)
    const version = await readUsersAhead(path)
    expect(version).toMatchObject({ type: 'users', users: { size: LARGE } })
    const [ahead, inPlace] = [new UsersFile({ path, version }), new UsersFile({ path })]
    for (const key of ['key-of-user-0', `key-of-user-${LARGE - 1}`, `key-of-user-${LARGE}`]) {
      expect(ahead.findByApiKey(key)).toEqual(inPlace.findByApiKey(key))
    }
    expect(ahead.findByApiKey('key-of-user-7')).toMatchObject({ defaultWorkspace: 'space-7' })
    await Promise.all([ahead.close(), inPlace.close()])
  })

  it('is followed from what was read: a change that came in between is taken', async () => {
    await write(LARGE)
    const version = await readUsersAhead(path)
    await write(LARGE + 1)
    const users = new UsersFile({ path, version })
    expect(users.findByApiKey(`key-of-user-${LARGE}`)).toBeUndefined()
    await users.reloadNow()
    expect(users.findByApiKey(`key-of-user-${LARGE}`)).toBeDefined()
    await users.close()
  })

  it('tells what is wrong with it, whatever its size', async () => {
    expect(await readUsersAhead(path)).toBeUndefined()
    const circle = join(dirname(path), 'circle.json')
    await symlink(circle, circle)
    expect(await readUsersAhead(circle)).toMatchObject({ problems: ['cannot be read: ELOOP'] })
    for (const count of [2, LARGE]) {
      await write(count)
      expect(await readUsersAhead(path)).toMatchObject({ type: 'users', users: { size: count } })
      await appendFile(path, '}')
      const version = await readUsersAhead(path)
      expect(version).toMatchObject({ problems: [expect.stringMatching(/is no JSON/)] })
      expect(() => new UsersFile({ path, version })).toThrow(/is no JSON/)
    }
  })
})
