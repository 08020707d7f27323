import { chmod, copyFile, readdir, rename, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sleep } from '../routes/rest-client.ts'
import { type RealProcess, startRealProcess } from '../server/real-process.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { manyUsers } from '../server/test-server.ts'
import {
  ask,
  finished,
  insert,
  isAlive,
  setLimit,
  settled,
  startUnprivileged,
} from './fault-server.ts'
import { startOnSmallDisk } from './small-disk.ts'

// Each starts real servers; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 })

let folder: Awaited<ReturnType<typeof tempFolder>>
let server: RealProcess | null = null
beforeEach(async () => {
  folder = await tempFolder()
})
afterEach(async () => {
  await server?.kill()
  server = null
  await folder.remove()
})
const workspace = (name = 'default') => join(folder.path, 'rag_storage', name)

describe('a storage that takes no more', () => {
  it('refuses what it cannot keep, answers what it can, and loses nothing', async () => {
    // Without a reserve, so that the disk itself refuses.
    const disk = await startOnSmallDisk(folder.path, { env: { DISK_RESERVE_MB: '0' } })
    server = disk.server
    const kept = new Set([0, 1, 2])
    for (const number of kept) expect((await insert(server, number)).status).toBe(200)
    expect(await settled(server)).toEqual(finished(kept))
    await disk.fill()
    let refused = { status: 0, body: '' }
    for (let number = 3; refused.status === 0; number++) {
      const reply = await insert(server, number, 20)
      if (reply.status === 200) kept.add(number)
      else refused = reply
    }
    // A file that may not grow fails in another way than a disk that is full.
    expect([507, 503]).toContain(refused.status)
    expect(refused.body).toMatch(/full|failed to read or write/)
    expect(await isAlive(server)).toBe(true)
    expect((await ask(server, 0)).status).toBe(200)

    await disk.clear()
    expect(await settled(server)).toEqual(finished(kept))
    expect((await insert(server, 1000)).status).toBe(200)
    expect(await settled(server)).toEqual(finished([...kept, 1000]))
    expect((await ask(server, 1000)).body).toContain('report-1000.txt')
    expect(await server.stop()).toBe(0)
  })
})

describe('a folder', () => {
  it('that is read-only is named as such, and is as it was once it can be written', async () => {
    server = await startUnprivileged(folder.path)
    expect((await insert(server, 1)).status).toBe(200)
    expect(await settled(server)).toEqual(finished([1]))
    await server.stop()
    await permit(0o444, 0o555)
    server = await startUnprivileged(folder.path)
    const reply = await insert(server, 2)
    expect(reply.status).toBe(503)
    expect(reply.body).toMatch(/read-only|cannot be opened|may not be accessed/)
    expect(reply.body).not.toContain(folder.path)
    expect(await isAlive(server)).toBe(true)
    await permit(0o644, 0o755)
    expect((await insert(server, 2)).status).toBe(200)
    expect(await settled(server)).toEqual(finished([1, 2]))
  })

  it('that vanishes while it is open takes no documents until it is back', async () => {
    server = await startRealProcess(folder.path)
    await insert(server, 1)
    expect(await settled(server)).toEqual(finished([1]))
    await rename(workspace(), join(folder.path, 'away'))
    const reply = await insert(server, 2)
    expect(reply.status).toBe(503)
    expect(reply.body).toContain('gone')
    expect(await isAlive(server)).toBe(true)
    await rename(join(folder.path, 'away'), workspace())
    expect((await insert(server, 3)).status).toBe(200)
    expect(await settled(server)).toEqual(finished([1, 3]))
    expect((await ask(server, 1)).body).toContain('report-1.txt')
    expect(await server.stop()).toBe(0)
  })

  const permit = async (files: number, directory: number) => {
    const names = await readdir(workspace())
    for (const name of names) {
      const path = join(workspace(), name)
      if ((await stat(path)).isFile()) await chmod(path, files)
    }
    await chmod(workspace(), directory)
  }
})

describe('a database that was cut short', () => {
  const usersFile = () => join(folder.path, 'users.json')
  const [one, other] = ['key-of-user-0', 'key-of-user-1']
  const file = () => join(workspace('space-0'), 'rag.db')
  const backup = () => join(folder.path, 'backup.db')

  it('is called damaged, while others work, until its backup is back', async () => {
    await writeFile(usersFile(), JSON.stringify({ users: manyUsers(2) }))
    server = await startRealProcess(folder.path, { USERS_FILE: usersFile() })
    for (const number of [1, 2, 3]) await insert(server, number, 50, one)
    await settled(server, one)
    await server.stop()
    await copyFile(file(), backup())
    for (const share of [0.5, 0.01]) {
      await truncate(file(), Math.floor((await stat(backup())).size * share))
      server = await startRealProcess(folder.path, { USERS_FILE: usersFile() })
      const reply = await ask(server, 1, one)
      expect(reply.status).toBe(503)
      expect(reply.body).toContain('damaged')
      expect((await insert(server, 9, 5, one)).status).toBe(503)
      expect((await insert(server, 9, 5, other)).status).toBe(200)
      expect(await isAlive(server)).toBe(true)
      await copyFile(backup(), file())
      expect((await ask(server, 1, one)).body).toContain('report-1.txt')
      expect(await settled(server, one)).toEqual(finished([1, 2, 3]))
      await server.stop()
    }
  })

  it('while it is open never gives a wrong answer, nor ends the server', async () => {
    server = await startRealProcess(folder.path)
    for (const number of [1, 2, 3]) await insert(server, number, 50)
    await settled(server)
    const database = join(workspace(), 'rag.db')
    await truncate(database, 40_960)
    for (let number = 0; number < 5; number++) {
      const reply = await ask(server, 1)
      if (reply.status === 200) expect(reply.body).toContain('report-1.txt')
      else
        expect([reply.status, reply.body]).toEqual([503, expect.stringMatching(/damaged|failed/)])
    }
    expect([200, 503]).toContain((await insert(server, 4)).status)
    expect(await isAlive(server)).toBe(true)
  })
})

describe('too many open files', () => {
  it('are survived when not a single one can be opened', async () => {
    server = await startRealProcess(folder.path, { MAX_EVENT_LOOP_DELAY_MS: '1000' })
    expect((await insert(server, 1)).status).toBe(200)
    expect(await settled(server)).toEqual(finished([1]))
    const open = await readdir(`/proc/${server.child.pid}/fd`)
    setLimit(server, 'nofile', String(open.length))
    // What measures the process looks every second.
    await sleep(2500)
    setLimit(server, 'nofile', '1000')
    expect(server.child.exitCode).toBe(null)
    expect(await isAlive(server)).toBe(true)
    expect((await ask(server, 1)).status).toBe(200)
  })

  it('refuse some workspaces for a while, and lose nothing', async () => {
    const users = manyUsers(40)
    const usersFile = join(folder.path, 'users.json')
    await writeFile(usersFile, JSON.stringify({ users }))
    const env = { USERS_FILE: usersFile, POOL_MAX_ENGINES: '100' }
    server = await startRealProcess(folder.path, env)
    // Node itself lifts what it begins with.
    setLimit(server, 'nofile', '90')
    const kept = new Set<string>()
    let refused = 0
    for (const { api_key: key } of users) {
      const reply = await insert(server, 1, 5, key)
      if (reply.status === 200) kept.add(key)
      else {
        refused++
        expect(reply.status).toBe(503)
      }
    }
    expect(kept.size).toBeGreaterThan(3)
    expect(refused).toBeGreaterThan(3)
    expect(await isAlive(server)).toBe(true)
    setLimit(server, 'nofile', '1000')
    for (const { api_key: key } of users) {
      if (!kept.has(key)) expect((await insert(server, 1, 5, key)).status).toBe(200)
      expect(await settled(server, key)).toEqual(finished([1]))
    }
  })
})
