import { createHash } from 'node:crypto'
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { UsersFile } from '../../../src/tenancy/users/users-file.ts'
import { temporaryFolder, until } from '../fixtures.ts'
import {
  ACME_KEY,
  acmeUser,
  openUsers,
  TECHSTART_KEY,
  techstartUser,
  writeUsers,
} from '../users.ts'

let path: string
beforeEach(async () => {
  path = join(await temporaryFolder(), 'users.json')
})

/** What the file is refused for. */
async function problemsOf(content: unknown): Promise<string> {
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  try {
    new UsersFile({ path })
  } catch (error) {
    expect(error).toMatchObject({ code: 'users_file_invalid' })
    return (error as Error).message
  }
  throw new Error('the file was accepted')
}

describe('users file', () => {
  it('finds a user by each of the keys, plain or as a digest', async () => {
    const digest = createHash('sha256').update('second-key').digest('hex')
    const user = { ...acmeUser, api_keys: [`sha256:${digest}`, 'third-key'] }
    await writeUsers(path, [user, techstartUser])
    const { directory } = openUsers(path)
    for (const key of [ACME_KEY, 'second-key', 'third-key']) {
      expect(await directory.findByApiKey(key)).toEqual({
        userId: 'ann@acme',
        username: 'ann@acme',
        workspaces: ['acme'],
        defaultWorkspace: 'acme',
        role: 'admin',
        superAdmin: false,
      })
    }
    for (const key of ['', 'unknown', `sha256:${digest}`, digest, `${ACME_KEY} `]) {
      expect(await directory.findByApiKey(key)).toBeUndefined()
    }
  })

  it('reads the optional fields', async () => {
    const optional = { role: 'viewer', workspaces: ['acme_hr', 'acme'], super_admin: true }
    await writeUsers(path, [{ ...acmeUser, ...optional }])
    expect(await openUsers(path).directory.findByApiKey(ACME_KEY)).toMatchObject({
      role: 'viewer',
      workspaces: ['acme', 'acme_hr'],
      defaultWorkspace: 'acme',
      superAdmin: true,
    })
  })

  it('checks passwords stored as bcrypt, as {bcrypt} and as plain text', async () => {
    await writeUsers(path, [
      acmeUser,
      { ...techstartUser, password: `{bcrypt}${techstartUser.password}` },
      { username: 'plain', password: 'in the open', api_key: 'plain-key', workspace: 'plain' },
    ])
    const { directory, events } = openUsers(path)
    expect(await directory.verifyPassword('ANN@acme', 'correct horse')).toMatchObject({
      principal: { username: 'ann@acme' },
    })
    expect(await directory.verifyPassword('tom@techstart', 'battery staple')).toBeDefined()
    expect(await directory.verifyPassword('plain', 'in the open')).toBeDefined()
    expect(await directory.verifyPassword('ann@acme', 'battery staple')).toBeUndefined()
    expect(await directory.verifyPassword('ann@acme', acmeUser.password)).toBeUndefined()
    expect(await directory.verifyPassword('nobody', 'correct horse')).toBeUndefined()
    expect(events.slice(0, 2)).toEqual([
      { type: 'loaded', users: 3 },
      { type: 'plain_passwords', count: 1, usernames: ['plain'] },
    ])
  })

  it('does not find a disabled user in any way', async () => {
    await writeUsers(path, [{ ...acmeUser, disabled: true }])
    const { directory } = openUsers(path)
    expect(await directory.findByApiKey(ACME_KEY)).toBeUndefined()
    expect(await directory.findByUsername('ann@acme')).toBeUndefined()
    expect(await directory.verifyPassword('ann@acme', 'correct horse')).toBeUndefined()
  })

  it('refuses to start without the file', () => {
    expect(() => new UsersFile({ path })).toThrow(
      expect.objectContaining({ code: 'users_file_missing' }),
    )
  })

  it('names the path of every bad field', async () => {
    const message = await problemsOf({
      users: [
        { ...acmeUser, username: '', role: 'boss', admin: true },
        { ...techstartUser, api_key: 'with space', workspace: '../acme', workspaces: [3] },
        { username: 'x', workspace: 'x' },
      ],
    })
    for (const part of [
      'users[0].username: must be 1 to 128',
      'users[0].role: must be one of "owner"',
      'users[0]: unknown field "admin"',
      'users[1].api_key: must be 1 to 512',
      'users[1].workspace: must be 1 to 128',
      'users[1].workspaces[0]: must be string',
      'users[2]: missing field "password", "api_key"',
    ]) {
      expect(message).toContain(part)
    }
  })

  it('refuses what two users cannot share, without printing keys', async () => {
    const digest = createHash('sha256').update(ACME_KEY).digest('hex')
    const message = await problemsOf({
      users: [
        acmeUser,
        { ...techstartUser, username: 'ANN@Acme', api_key: `sha256:${digest}`, workspace: 'ACME' },
        { ...techstartUser, password: '$2b$99$short', workspaces: ['nul'] },
        {
          ...techstartUser,
          username: 'z',
          api_key: 'sha256:abc',
          api_keys: ['eyJhbGci.eyJz.c2ln'],
        },
      ],
    })
    for (const part of [
      'users[1].username: another user has this name',
      'users[1].api_key: the same key as users[0].api_key',
      'users[1].workspace: differs from "acme" only in case',
      'users[2].password: looks hashed',
      'users[2].workspaces[0]: is the name of a device',
      'users[3].api_key: "sha256:" must be followed',
      'users[3].api_keys[0]: has the shape of a JWT',
    ]) {
      expect(message).toContain(part)
    }
    for (const secret of [ACME_KEY, TECHSTART_KEY, digest]) expect(message).not.toContain(secret)
  })

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"users":{}}',
    '{"users":[],"extra":1}',
    `{"users":[{"api_key":"${ACME_KEY}",`,
  ])('refuses %j at the start, and quotes none of it', async (text) => {
    expect(await problemsOf(text)).not.toContain(ACME_KEY)
  })

  it('lets two users share one workspace', async () => {
    await writeUsers(path, [acmeUser, { ...techstartUser, workspace: 'acme' }])
    const { directory } = openUsers(path)
    expect(await directory.findByApiKey(TECHSTART_KEY)).toMatchObject({ defaultWorkspace: 'acme' })
  })
})

describe('users file that changes', () => {
  it('is read again by itself when it is replaced by a rename', async () => {
    await writeUsers(path, [acmeUser])
    const { directory } = openUsers(path)
    await writeUsers(path, [techstartUser])
    await until(async () => (await directory.findByApiKey(TECHSTART_KEY)) !== undefined)
    expect(await directory.findByApiKey(ACME_KEY)).toBeUndefined()
  })

  it('is read again when it is written in place, half and then whole', async () => {
    await writeUsers(path, [acmeUser])
    const { directory, events } = openUsers(path)
    const whole = JSON.stringify({ users: [techstartUser] })
    await writeFile(path, whole.slice(0, 40))
    await directory.reloadNow()
    expect(events.at(-1)).toMatchObject({ type: 'refused' })
    expect(await directory.findByApiKey(ACME_KEY)).toBeDefined()
    await writeFile(path, whole)
    await until(async () => (await directory.findByApiKey(TECHSTART_KEY)) !== undefined)
    expect(await directory.findByApiKey(ACME_KEY)).toBeUndefined()
  })

  it('is read again when the folder behind a link is swapped', async () => {
    const folder = await temporaryFolder()
    for (const [name, user] of [
      ['v1', acmeUser],
      ['v2', techstartUser],
    ] as const) {
      await mkdir(join(folder, name))
      await writeUsers(join(folder, name, 'users.json'), [user])
    }
    await symlink('v1', join(folder, 'data'))
    await symlink('data/users.json', join(folder, 'users.json'))
    const { directory } = openUsers(join(folder, 'users.json'))
    await rm(join(folder, 'data'))
    await symlink('v2', join(folder, 'data'))
    await until(async () => (await directory.findByApiKey(TECHSTART_KEY)) !== undefined)
  })

  it('is found changed by the poll alone', async () => {
    const folder = await temporaryFolder()
    const real = join(folder, 'users.json')
    await writeUsers(real, [acmeUser])
    // A change behind a link makes no event in the watched folder.
    await symlink(real, path)
    const { directory } = openUsers(path, 20)
    await writeUsers(real, [techstartUser])
    await until(async () => (await directory.findByApiKey(TECHSTART_KEY)) !== undefined)
  })

  it('keeps the last good version when the new one is broken, and says so once', async () => {
    await writeUsers(path, [acmeUser])
    const { directory, events } = openUsers(path)
    await writeUsers(path, [{ ...techstartUser, role: 'boss' }])
    await directory.reloadNow()
    await directory.reloadNow()
    expect(await directory.findByApiKey(ACME_KEY)).toBeDefined()
    expect(await directory.findByApiKey(TECHSTART_KEY)).toBeUndefined()
    const refused = events.filter((event) => event.type === 'refused')
    expect(refused).toEqual([
      { type: 'refused', problems: [expect.stringContaining('users[0].role')] },
    ])
  })

  it('keeps the last good version while the file is gone, and takes the one that comes back', async () => {
    await writeUsers(path, [acmeUser])
    const { directory, events } = openUsers(path)
    await rm(path)
    await directory.reloadNow()
    await directory.reloadNow()
    expect(events.filter((event) => event.type === 'missing')).toHaveLength(1)
    expect(await directory.findByApiKey(ACME_KEY)).toBeDefined()
    await writeUsers(path, [techstartUser])
    await directory.reloadNow()
    expect(await directory.findByApiKey(ACME_KEY)).toBeUndefined()
  })
})

/** Users `user-0` … with a key each: enough of them to be read in a thread. */
function crowd(count: number): { username: string; api_key: string }[] {
  return Array.from({ length: count }, (_, number) => ({
    username: `user-${number}`,
    password: `password-${number}`,
    api_key: `key-of-user-${number}`,
    workspace: `space-${number}`,
  }))
}

describe('users file of many users', () => {
  const many = 20_000

  it('is read again while the event loop goes on turning', async () => {
    await writeUsers(path, [acmeUser])
    const { directory } = openUsers(path)
    // The same, spelt in two ways.
    const versions = [0, 1].map((space) => JSON.stringify({ users: crowd(many) }, null, space))
    const isAnswering = () =>
      [ACME_KEY, 'key-of-user-0'].some((key) => directory.findByApiKey(key) !== undefined)
    let gaps = 0
    /** Takes the next version; the longest time between two turns, as a share of all of it. */
    const reload = async (version = '') => {
      await writeFile(`${path}.new`, version)
      let longest = 0
      let reading = true
      const turning = (async () => {
        let before = performance.now()
        while (reading) {
          await new Promise((resolve) => setTimeout(resolve, 1))
          longest = Math.max(longest, performance.now() - before)
          before = performance.now()
          if (!isAnswering()) gaps += 1
        }
      })()
      const began = performance.now()
      await rename(`${path}.new`, path)
      await directory.reloadNow()
      const took = performance.now() - began
      reading = false
      await turning
      return longest / took
    }
    // Whoever does the work between two turns holds the loop for most of it, every time. Others may
    // hold it for as long on a busy machine, now and then.
    for (let round = 0; (await reload(versions[round % 2])) > 0.5; round += 1) {
      expect(round).toBeLessThan(20)
    }
    // Until the new version is whole, the old one answers.
    expect(gaps).toBe(0)
    expect(await directory.findByApiKey(ACME_KEY)).toBeUndefined()
    for (const number of [0, 1, 777, many - 1]) {
      const principal = { userId: `user-${number}`, workspaces: [`space-${number}`] }
      expect(await directory.findByApiKey(`key-of-user-${number}`)).toMatchObject(principal)
      const account = await directory.findByUsername(`User-${number}`)
      expect(account).toMatchObject({ principal, passwordField: `password-${number}` })
    }
    expect(await directory.findByApiKey(`key-of-user-${many}`)).toBeUndefined()
    expect(await directory.findByUsername(`user-${many}`)).toBeUndefined()
  })

  it('names the first of those whose password is plain, and how many there are', async () => {
    await writeUsers(path, crowd(300))
    expect(openUsers(path).events).toEqual([
      { type: 'loaded', users: 300 },
      {
        type: 'plain_passwords',
        count: 300,
        usernames: Array.from({ length: 20 }, (_, number) => `user-${number}`),
      },
    ])
  })

  it('is refused with the first problems when every user has one', async () => {
    await writeUsers(path, [acmeUser])
    const { directory, events } = openUsers(path)
    await writeUsers(
      path,
      crowd(many).map((user) => ({ ...user, api_key: 'one-key' })),
    )
    await directory.reloadNow()
    const refused = events.find((event) => event.type === 'refused')
    expect(refused?.problems).toHaveLength(101)
    expect(refused?.problems[0]).toBe('users[1].api_key: the same key as users[0].api_key')
    expect(refused?.problems.at(-1)).toBe(`and ${many - 1 - 100} more`)
    expect(await directory.findByApiKey(ACME_KEY)).toBeDefined()
  })

  it('takes no version that was being read when it was closed', async () => {
    await writeUsers(path, [acmeUser])
    const { directory, events } = openUsers(path)
    await writeUsers(path, crowd(many))
    const reloading = directory.reloadNow()
    await directory.close()
    await reloading
    expect(events).toEqual([{ type: 'loaded', users: 1 }])
  })
})
