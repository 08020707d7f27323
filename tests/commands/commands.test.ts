import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compare } from 'bcryptjs'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { auditCommand } from '../../src/commands/audit.ts'
import type { CommandContext } from '../../src/commands/command-context.ts'
import { doctorCommand } from '../../src/commands/doctor/doctor.ts'
import { userCommand } from '../../src/commands/user.ts'
import { parseAuditLine } from '../../src/tenancy/audit/audit-chain.ts'
import { digestOf } from '../../src/tenancy/control-files/secret-digest.ts'
import { temporaryFolder } from '../tenancy/fixtures.ts'

async function start(more: Record<string, string> = {}) {
  const folder = await temporaryFolder()
  const usersFile = join(folder, 'users.json')
  const env = {
    WORKING_DIR: join(folder, 'rag_storage'),
    INPUT_DIR: join(folder, 'inputs'),
    USERS_FILE: usersFile,
    ...more,
  }
  let input = ''
  let exitCode = 0
  const run = async (...words: string[]): Promise<string[]> => {
    const printed: string[] = []
    const context: CommandContext = {
      env: () => env,
      print: (line) => printed.push(line),
      readInput: async () => input,
      setExitCode: (code) => {
        exitCode = code
      },
    }
    const program = new Command().exitOverride()
    for (const command of [userCommand, auditCommand, doctorCommand]) {
      program.addCommand(command(context))
    }
    await program.parseAsync(words, { from: 'user' })
    return printed.join('\n').split('\n')
  }
  const type = (text: string) => {
    input = text
  }
  const users = async () => JSON.parse(await readFile(usersFile, 'utf8')).users
  const auditPath = join(env.WORKING_DIR, '_control', 'audit.log')
  const events = async () =>
    (await readFile(auditPath, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => parseAuditLine(line)?.event)
  return { folder, usersFile, run, type, users, events, auditPath, exitCode: () => exitCode }
}

const add = ['user', 'add', 'Ann', '--workspace', 'acme', 'acme__more', '--role', 'editor']

describe('the user commands', () => {
  it('add a user, show the key once and store its digest in a file of its owner alone', async () => {
    const { run, users, usersFile, events } = await start()
    const key = (await run(...add)).at(-1) ?? ''
    expect(key).toMatch(/^rag_[\w-]{32}$/)
    expect(await users()).toEqual([
      {
        username: 'Ann',
        password: expect.stringMatching(/^\$2b\$10\$/),
        api_key: `sha256:${digestOf(key).toString('hex')}`,
        workspace: 'acme',
        role: 'editor',
        workspaces: ['acme__more'],
      },
    ])
    expect((await stat(usersFile)).mode & 0o777).toBe(0o600)
    expect(await run('user', 'list')).toEqual(['Ann: editor in acme, acme__more'])
    expect(await events()).toEqual(['user_added'])
  })

  it('change one user and leave all others as they are', async () => {
    const { run, users, type, events } = await start()
    await run(...add)
    await run('user', 'add', 'Tom', '-w', 'techstart')
    const tom = (await users())[1]
    await run('user', 'disable', 'ann')
    expect((await users())[0].disabled).toBe(true)
    await run('user', 'enable', 'ann')
    expect((await users())[0]).not.toHaveProperty('disabled')
    const old = (await users())[0].api_key
    await run('user', 'rotate-key', 'ann', '--keep-old')
    expect((await users())[0].api_keys).toEqual([old])
    await run('user', 'rotate-key', 'ann')
    expect((await users())[0]).not.toHaveProperty('api_keys')
    type('a new password\n')
    await run('user', 'set-password', 'ann')
    expect(await compare('a new password', (await users())[0].password)).toBe(true)
    expect((await users())[1]).toEqual(tom)
    await run('user', 'remove', 'ann')
    expect(await users()).toEqual([tom])
    expect(await events()).toEqual([
      'user_added',
      'user_added',
      'user_disabled',
      'user_enabled',
      'user_key_rotated',
      'user_key_rotated',
      'user_password_set',
      'user_removed',
    ])
  })

  it.each([
    ['a name that is taken', ['user', 'add', 'ANN', '-w', 'b'], /another user has this name/],
    ['a workspace that is none', ['user', 'add', 'Bo', '-w', '../up'], /workspace/],
    ['a role that is none', ['user', 'add', 'Bo', '-w', 'b', '-r', 'king'], /no role "king"/],
    ['somebody who is not there', ['user', 'remove', 'nobody'], /no user "nobody"/],
    ['a password that is short', ['user', 'set-password', 'ann'], /at least 8/],
  ])('refuse %s and leave the file untouched', async (_what, words, problem) => {
    const { run, usersFile } = await start()
    await run(...add)
    const before = await readFile(usersFile, 'utf8')
    await expect(run(...words)).rejects.toThrow(problem)
    expect(await readFile(usersFile, 'utf8')).toBe(before)
  })

  it('leave a broken file alone', async () => {
    const { run, usersFile } = await start()
    await writeFile(usersFile, '{ "users": [')
    await expect(run(...add)).rejects.toMatchObject({ code: 'users_file_invalid' })
    expect(await readFile(usersFile, 'utf8')).toBe('{ "users": [')
  })

  it('lose no change when several run at once', async () => {
    const { run, users } = await start({ AUDIT_LOG: 'false' })
    await Promise.all(
      Array.from({ length: 6 }, (_, i) => run('user', 'add', `user ${i}`, '-w', `w${i}`)),
    )
    expect(await users()).toHaveLength(6)
  })
})

describe('the audit commands', () => {
  it('say that the log is whole, or what is wrong with it', async () => {
    const { run, auditPath, exitCode } = await start()
    await run(...add)
    expect(await run('audit', 'verify')).toEqual(['1 lines, whole and unaltered.'])
    expect(exitCode()).toBe(0)
    await writeFile(auditPath, (await readFile(auditPath, 'utf8')).replace('editor', 'viewer'))
    expect((await run('audit', 'verify')).join()).toMatch(/line 1 was altered/)
    expect(exitCode()).toBe(1)
  })

  it('show what is written of one user', async () => {
    const { run } = await start()
    await run(...add)
    await run('user', 'add', 'Tom', '-w', 'techstart')
    const [line, ...more] = await run('audit', 'show', '--user', 'ann')
    expect(JSON.parse(line ?? '')).toMatchObject({ seq: 1, event: 'user_added' })
    expect(line).not.toMatch(/ann/i)
    expect(more).toEqual([])
  })
})

describe('the doctor', () => {
  it('finds nothing bad in a careful installation', async () => {
    const { run, folder, exitCode } = await start()
    await chmod(folder, 0o700)
    await run(...add)
    const text = (await run('doctor')).join('\n')
    expect(text).toMatch(/acme is open to Ann \(editor\)/)
    expect(text).not.toMatch(/^(bad|warn)/m)
    expect(exitCode()).toBe(0)
  })

  it('names what is weak', async () => {
    const { run, usersFile, exitCode } = await start({
      TOKEN_SECRET: 'a'.repeat(40),
      LIGHTRAG_API_KEY: 'x',
      CORS_ORIGINS: '*',
    })
    const user = { username: 'Ann', password: 'plain', api_key: 'short', workspace: 'acme' }
    await writeFile(usersFile, JSON.stringify({ users: [user] }), { mode: 0o644 })
    const text = (await run('doctor')).join('\n')
    for (const problem of [
      /bad +TOKEN_SECRET is easy to guess/,
      /bad +LIGHTRAG_API_KEY is set beside users/,
      /bad +Ann: a key is short/,
      /warn +Ann: the password is stored in plain text/,
      /warn +CORS_ORIGINS/,
      /warn +.*users\.json can be read by every account/,
    ]) {
      expect(text).toMatch(problem)
    }
    expect(exitCode()).toBe(1)
  })

  it('names workspaces that nobody reaches', async () => {
    const { run, folder } = await start()
    await run(...add)
    await mkdir(join(folder, 'rag_storage', 'forgotten'), { recursive: true })
    await writeFile(join(folder, 'rag_storage', 'forgotten', 'rag.db'), '')
    expect((await run('doctor')).join('\n')).toMatch(/warn +forgotten holds documents, and nobody/)
  })
})

it('says who owns a server that asks for no key', async () => {
  const folder = await temporaryFolder()
  const env = { USERS_FILE: '', WORKING_DIR: join(folder, 'r') }
  const { run, exitCode } = await start({ ...env, HOST: '0.0.0.0' })
  // Run where no users file lies about.
  const text = (await run('doctor')).join('\n')
  if (!text.includes('user(s) in')) {
    expect(text).toMatch(/bad +Nobody needs a key: whoever reaches 0\.0\.0\.0:9621 owns default/)
    expect(exitCode()).toBe(1)
    const alone = (await (await start(env)).run('doctor')).join('\n')
    expect(alone).toMatch(/warn +Nobody needs a key: whoever reaches 127\.0\.0\.1:9621/)
  }
})
