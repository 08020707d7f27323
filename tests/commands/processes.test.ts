import { execFile } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../tenancy/fixtures.ts'

/** Compiled before the tests began. */
const CLI = process.env.TENANTRAG_TEST_CLI ?? ''

// Each command is a process that loads the program; a busy machine takes its time for that.
vi.setConfig({ testTimeout: 300_000 })

interface Ended {
  readonly code: number
  readonly printed: string
  readonly complained: string
}

/** A folder with a command line of its own, as an operator has it. */
async function operator() {
  const folder = await temporaryFolder()
  const run = (words: readonly string[], input = ''): Promise<Ended> =>
    new Promise((resolve) => {
      const env = { PATH: process.env.PATH, USERS_FILE: 'users.json' }
      const child = execFile(
        process.execPath,
        [CLI, ...words],
        { cwd: folder, env },
        (error, stdout, stderr) => {
          const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : -1
          resolve({ code, printed: stdout, complained: stderr })
        },
      )
      child.stdin?.end(input)
    })
  const usersFile = join(folder, 'users.json')
  return { folder, usersFile, run, users: () => readFile(usersFile, 'utf8') }
}

const KEY = /rag_[\w-]{32}/

describe('tenantrag user', () => {
  it('adds users that come at once, shows each key once and stores none', async () => {
    const { run, usersFile, users } = await operator()
    const added = await Promise.all(
      ['ann', 'tom', 'eve'].map((name) =>
        run(['user', 'add', name, '-w', `space_${name}`, '--password-stdin'], 'correct horse\n'),
      ),
    )
    expect(added.map(({ code, complained }) => [code, complained])).toEqual(Array(3).fill([0, '']))
    const text = await users()
    expect(JSON.parse(text).users).toHaveLength(3)
    for (const { printed } of added) {
      const [key = ''] = KEY.exec(printed) ?? []
      expect(key).not.toBe('')
      expect(text).not.toContain(key)
      expect(printed).not.toContain('correct horse')
    }
    expect(text).not.toContain('correct horse')
    expect((await stat(usersFile)).mode & 0o777).toBe(0o600)
    const listed = await run(['user', 'list'])
    expect(listed.printed).not.toMatch(/sha256|\$2b|rag_/)
  })

  it('ends with 1 and one sentence when it changes nothing, and leaves the file as it was', async () => {
    const { run, users, usersFile } = await operator()
    await run(['user', 'add', 'ann', '-w', 'acme'])
    const before = await users()
    for (const words of [
      ['user', 'add', 'ANN', '-w', 'other'],
      ['user', 'add', 'bo', '-w', '../up'],
      ['user', 'rotate-key', 'nobody'],
    ]) {
      const { code, printed, complained } = await run(words)
      expect([code, printed]).toEqual([1, ''])
      expect(complained.trim()).toMatch(/^Nothing was changed: [^\n]*$/)
      expect(await users()).toBe(before)
    }
    const broken = '{ "users": [ { "api_key": "a-secret-key"'
    await writeFile(usersFile, broken)
    const { code, complained } = await run(['user', 'disable', 'ann'])
    expect(code).toBe(1)
    expect(complained).not.toMatch(/a-secret-key| {4}at /)
    expect(await users()).toBe(broken)
  })
})

describe('tenantrag doctor', () => {
  it('ends with 1 when it finds something bad, and shows no secret', async () => {
    const { run, usersFile } = await operator()
    const user = { username: 'ann', password: 'plain words', api_key: 'short', workspace: 'acme' }
    await writeFile(usersFile, JSON.stringify({ users: [user] }))
    const { code, printed } = await run(['doctor'])
    expect(code).toBe(1)
    expect(printed).toMatch(/bad +ann: a key is short/)
    expect(printed).not.toMatch(/plain words|"short"/)
  })

  it('ends with 0 when all is well', async () => {
    const { run } = await operator()
    await run(['user', 'add', 'ann', '-w', 'acme'])
    expect(await run(['doctor'])).toMatchObject({ code: 0, complained: '' })
  })
})

describe('tenantrag audit', () => {
  it('ends with 0 for a whole log and with 1 for one that was cut or altered', async () => {
    const { run, folder } = await operator()
    await run(['user', 'add', 'ann', '-w', 'acme'])
    await run(['user', 'disable', 'ann'])
    const log = join(folder, 'rag_storage', '_control', 'audit.log')
    const whole = await readFile(log, 'utf8')
    expect(whole).not.toMatch(/\bann\b|rag_[\w-]{32}/)
    expect(await run(['audit', 'verify'])).toMatchObject({ code: 0 })
    const [first = '', second = ''] = whole.trimEnd().split('\n')
    await writeFile(log, `${first}\n`)
    expect(await run(['audit', 'verify'])).toMatchObject({ code: 1 })
    await writeFile(log, `${second}\n`)
    expect(await run(['audit', 'verify'])).toMatchObject({ code: 1 })
    await writeFile(log, whole)
    expect(await run(['audit', 'verify'])).toMatchObject({ code: 0 })
  })
})
