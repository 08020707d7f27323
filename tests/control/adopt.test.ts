import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Command } from 'commander'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { adoptCommand } from '../../src/commands/adopt/adopt.ts'
import { loadConfig } from '../../src/config/config.ts'
import { Users } from '../../src/control/accounts/users.ts'
import { OPERATOR } from '../../src/control/authority/actor.ts'
import { ControlCore } from '../../src/control/core/control-core.ts'
import { ControlDatabase } from '../../src/control/database/control-database.ts'
import { Tenants } from '../../src/control/tenants/tenants.ts'
import { startServer } from '../../src/main.ts'
import { PasswordChecker } from '../../src/tenancy/sign-in/password.ts'
import { startRealProcess } from '../server/real-process.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { TEST_HOSTS } from '../server/test-hosts.ts'

/** Two people in one workspace, one in a part of another, and one in two. */
const USERS = [
  { username: 'Ann', password: 'password of ann', api_key: 'key-of-ann', workspace: 'acme' },
  {
    username: 'ben',
    password: 'password of ben',
    api_key: 'key-of-ben',
    workspace: 'acme',
    role: 'viewer',
  },
  {
    username: 'tom',
    password: '$2b$04$O2SvTqU5Zwm3J1FYnCqNsuZJ0pCcnC3Jv1Ivq3W2jW6nVd3pO5PJe',
    api_key: `sha256:${createHash('sha256').update('key-of-tom').digest('hex')}`,
    workspace: 'TechStart_1__manuals',
  },
  {
    username: 'eve',
    password: 'password of eve',
    api_key: 'key-of-eve',
    workspace: 'techstart_1',
    workspaces: ['TechStart_1__manuals', 'default'],
    role: 'owner',
    disabled: true,
  },
]

describe('tenantrag adopt', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let env: Record<string, string>
  beforeEach(async () => {
    folder = await tempFolder()
    env = {
      HOST: '127.0.0.1',
      PORT: '0',
      WORKING_DIR: join(folder.path, 'rag_storage'),
      INPUT_DIR: join(folder.path, 'inputs'),
      USERS_FILE: join(folder.path, 'users.json'),
      LOG_LEVEL: 'fatal',
      MAX_EVENT_LOOP_DELAY_MS: '0',
      ...TEST_HOSTS,
    }
    await writeFile(env.USERS_FILE ?? '', JSON.stringify({ users: USERS }))
  })
  afterEach(() => folder.remove())

  const withServer = async <T>(more: Record<string, string>, work: (url: string) => Promise<T>) => {
    const server = await startServer(loadConfig({ ...env, ...more }))
    try {
      return await work(server.url)
    } finally {
      await server.close()
    }
  }
  const call = (url: string, key: string, path: string, headers = {}, body?: object) =>
    fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  /** Real workspaces, each with a text of its own. */
  const fill = () =>
    withServer({}, async (url) => {
      for (const [key, text] of [
        ['key-of-ann', 'The lathe in hall nine is called Bertha.'],
        ['key-of-tom', 'The antenna on the roof is called Otto.'],
      ]) {
        const answer = await call(url, key ?? '', '/documents/text', {}, { text })
        expect(answer.status).toBe(200)
      }
      for (const key of ['key-of-ann', 'key-of-tom']) {
        await expect
          .poll(async () => (await call(url, key, '/documents/status_counts')).json(), {
            timeout: 50_000,
          })
          .toMatchObject({ status_counts: { processed: 1 } })
      }
    })
  const run = async (...words: string[]): Promise<string[]> => {
    const printed: string[] = []
    const command = adoptCommand({
      env: () => env,
      print: (line) => printed.push(line),
      readInput: async () => '',
      setExitCode: () => undefined,
    })
    await new Command().addCommand(command).parseAsync(['adopt', ...words], { from: 'user' })
    return printed
  }
  /** Every file but those of the control plane, with what it holds. */
  const files = async () => {
    const found: Record<string, string> = {}
    for (const name of (await readdir(folder.path, { recursive: true })).sort()) {
      const path = join(folder.path, name)
      if (name.includes('_control') || !(await stat(path)).isFile()) continue
      found[name] = createHash('sha256')
        .update(await readFile(path))
        .digest('hex')
    }
    return found
  }
  const database = async <T>(work: (core: ControlCore) => Promise<T>): Promise<T> => {
    const path = join(env.WORKING_DIR ?? '', '_control', 'control.db')
    const opened = await ControlDatabase.open(path)
    try {
      return await work(new ControlCore(opened))
    } finally {
      await opened.close()
    }
  }
  const memberships = () =>
    database(({ db }) =>
      db
        .selectFrom('memberships')
        .innerJoin('users', 'users.user_id', 'memberships.user_id')
        .innerJoin('tenants', 'tenants.tenant_id', 'memberships.tenant_id')
        .select(['users.username', 'tenants.slug', 'memberships.role', 'memberships.kb_ids'])
        .orderBy('users.username_key')
        .orderBy('tenants.slug')
        .execute(),
    )

  it('shows what it would do, and writes nothing before it is told to', async () => {
    await fill()
    const before = await files()
    const control = await readdir(join(env.WORKING_DIR ?? '', '_control'))
    const printed = await run()
    expect(printed).toContain('tenant acme (new)')
    expect(printed).toContain('  knowledge base default (default): workspace acme')
    expect(printed).toContain('  knowledge base manuals: workspace TechStart_1__manuals')
    expect(printed.at(-1)).toMatch(/Nothing was changed/)
    expect(printed.join('\n')).not.toMatch(/key-of|password of|sha256/)
    expect(await files()).toEqual(before)
    expect(await readdir(join(env.WORKING_DIR ?? '', '_control'))).toEqual(control)
    const held = () =>
      database(async ({ db }) => [
        await db.selectFrom('tenants').selectAll().execute(),
        await db.selectFrom('users').selectAll().execute(),
      ])
    expect(await held()).toEqual([[], []])
    // The database is there by now.
    await run()
    expect(await held()).toEqual([[], []])
  })

  it('moves and changes no file of a workspace', async () => {
    await fill()
    const before = await files()
    expect(Object.keys(before)).toContain('rag_storage/acme/rag.db')
    await run('--yes')
    expect(await files()).toEqual(before)
  })

  it('keeps nothing of an adoption that fails half way, and can be done again', async () => {
    await fill()
    const before = await files()
    await mkdir(join(env.WORKING_DIR ?? '', '_control'), { recursive: true })
    await database(({ db }) =>
      sql`CREATE TRIGGER broken BEFORE INSERT ON memberships
        WHEN (SELECT count(*) FROM memberships) = 2
        BEGIN SELECT RAISE(ABORT, 'planted'); END`.execute(db),
    )
    await expect(run('--yes')).rejects.toThrow('planted')
    const left = await database(async ({ db }) => [
      await db.selectFrom('tenants').selectAll().execute(),
      await db.selectFrom('users').selectAll().execute(),
      await db.selectFrom('memberships').selectAll().execute(),
      await db.selectFrom('api_keys').selectAll().execute(),
    ])
    expect(left).toEqual([[], [], [], []])
    await database(({ db }) => sql`DROP TRIGGER broken`.execute(db))
    await run('--yes')
    expect((await memberships()).length).toBe(5)
    expect(await files()).toEqual(before)
  })

  it('keeps names of workspaces, and makes slugs of them', async () => {
    await fill()
    await run('--yes')
    const kbs = await database(({ db }) =>
      db
        .selectFrom('kbs')
        .innerJoin('tenants', 'tenants.tenant_id', 'kbs.tenant_id')
        .select(['tenants.slug as tenant', 'kbs.slug', 'kbs.workspace', 'kbs.is_default'])
        .orderBy('kbs.workspace')
        .execute(),
    )
    expect(kbs).toEqual([
      { tenant: 'techstart_1', slug: 'manuals', workspace: 'TechStart_1__manuals', is_default: 0 },
      { tenant: 'acme', slug: 'default', workspace: 'acme', is_default: 1 },
      { tenant: 'default-tenant', slug: 'default', workspace: 'default', is_default: 1 },
      { tenant: 'techstart_1', slug: 'default', workspace: 'techstart_1', is_default: 1 },
    ])
  })

  it('gives nobody more than the users file does', async () => {
    await fill()
    const printed = await run('--yes')
    expect(await memberships()).toMatchObject([
      { username: 'Ann', slug: 'acme', role: 'admin', kb_ids: null },
      { username: 'ben', slug: 'acme', role: 'viewer', kb_ids: expect.any(String) },
      { username: 'eve', slug: 'default-tenant', role: 'owner', kb_ids: null },
      { username: 'eve', slug: 'techstart_1', role: 'owner', kb_ids: null },
      { username: 'tom', slug: 'techstart_1', role: 'editor', kb_ids: expect.any(String) },
    ])
    expect(printed.join('\n')).toMatch(/tom becomes editor of TechStart_1__manuals/)
    expect(printed.join('\n')).toMatch(/acme has no owner yet/)
  })

  it('serves the same documents to the same keys and passwords without the users file', async () => {
    await fill()
    await run('--yes')
    await rm(env.USERS_FILE ?? '')
    env.USERS_FILE = ''
    await withServer({ ENABLE_MULTI_TENANTS: 'true' }, async (url) => {
      const names = async (key: string, headers = {}) => {
        const answer = await call(url, key, '/documents', headers)
        const { statuses } = (await answer.json()) as { statuses?: { processed?: unknown[] } }
        return [answer.status, statuses?.processed?.length]
      }
      expect(await names('key-of-ann')).toEqual([200, 1])
      expect(await names('key-of-ben')).toEqual([200, 1])
      expect(await names('key-of-tom', { 'X-KB-ID': 'manuals' })).toEqual([200, 1])
      expect((await names('key-of-tom', { 'LIGHTRAG-WORKSPACE': 'techstart_1' }))[0]).toBe(403)
      expect((await names('key-of-tom', { 'X-Tenant-ID': 'acme' }))[0]).toBe(403)
      expect((await names('key-of-eve'))[0]).toBe(401)
      const body = { text: 'Written by a viewer.' }
      expect((await call(url, 'key-of-ben', '/documents/text', {}, body)).status).toBe(403)
      const form = new URLSearchParams({ username: 'ann', password: 'password of ann' })
      const login = await fetch(`${url}/login`, { method: 'POST', body: form })
      expect(login.status).toBe(200)
    })
  })

  it('changes nothing when it is done again, and takes in what came since', async () => {
    await fill()
    await run('--yes')
    const before = await memberships()
    await run('--yes')
    expect(await memberships()).toEqual(before)
    await cp(join(env.WORKING_DIR ?? '', 'acme'), join(env.WORKING_DIR ?? '', 'acme__more'), {
      recursive: true,
    })
    const printed = await run('--yes')
    expect(printed).toContain('tenant acme')
    expect(printed).toContain('  knowledge base more: workspace acme__more')
    const slugs = await database(({ db }) => db.selectFrom('tenants').select('slug').execute())
    expect(slugs.length).toBe(3)
  })

  it('gives a workspace to no user and no tenant of the database that has the name by chance', async () => {
    await mkdir(env.WORKING_DIR ?? '', { recursive: true })
    await database(async (core) => {
      const passwords = new PasswordChecker()
      await new Users(core, { passwords, superAdmins: new Set() }).create(OPERATOR, {
        username: 'ANN',
      })
      await new Tenants(core).create(OPERATOR, { name: 'Acme' })
      await passwords.close()
    })
    const printed = await run('--yes')
    expect(printed.join('\n')).toMatch(/Ann is left out/)
    const found = await memberships()
    expect(found.map(({ username }) => username)).not.toContain('ANN')
    expect(found.filter(({ slug }) => slug === 'acme')).toEqual([])
    expect(found.find(({ username }) => username === 'ben')?.slug).toBe('acme-2')
    const owners = await database(({ db }) =>
      db
        .selectFrom('kbs')
        .innerJoin('tenants', 'tenants.tenant_id', 'kbs.tenant_id')
        .select(['tenants.slug', 'kbs.workspace'])
        .where('kbs.workspace', 'in', ['acme', 'acme__default'])
        .orderBy('kbs.workspace')
        .execute(),
    )
    expect(owners).toEqual([
      { slug: 'acme-2', workspace: 'acme' },
      { slug: 'acme', workspace: 'acme__default' },
    ])
  })

  it('works as a process, beside a server that runs', async () => {
    const real = await startRealProcess(folder.path, {
      USERS_FILE: env.USERS_FILE ?? '',
      ENABLE_MULTI_TENANTS: 'true',
    })
    try {
      await call(real.url, 'key-of-ann', '/documents/text', {}, { text: 'Bertha is a lathe.' })
      const cli = process.env.TENANTRAG_TEST_CLI ?? ''
      const options = {
        cwd: folder.path,
        env: { PATH: process.env.PATH, ...env },
      }
      const look = await promisify(execFile)(process.execPath, [cli, 'adopt'], options)
      expect(look.stdout).toMatch(/Nothing was changed/)
      const done = await promisify(execFile)(process.execPath, [cli, 'adopt', '--yes'], options)
      expect(done.stdout).toMatch(/Done; no file was moved/)
      const answer = await call(real.url, 'key-of-ann', '/documents')
      expect(answer.status).toBe(200)
    } finally {
      await real.stop()
    }
    expect((await memberships()).length).toBe(5)
  })
})
