import { execFile } from 'node:child_process'
import { chmod, lstat, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RealProcess, startRealProcess } from './real-process.ts'
import { tempFolder } from './temp-folder.ts'

const run = promisify(execFile)
/** What a shell gives by default: others read all that is made without a word about it. */
const LOOSE = ['sh', '-c', 'umask 022; exec "$@"', 'sh']
const KEY = 'the-key-of-the-operator-of-this-server'
const ENV = {
  ENABLE_MULTI_TENANTS: 'true',
  USERS_FILE: 'users.json',
  LOG_LEVEL: 'info',
  VECTOR_INDEX_FROM: '2',
}

interface Entry {
  readonly path: string
  readonly mode: string
}

/** All of a folder that somebody else than its owner may enter or read. */
async function openIn(folder: string): Promise<Entry[]> {
  const open: Entry[] = []
  for (const path of await everything(folder)) {
    const stats = await lstat(path).catch(() => undefined)
    if (stats === undefined || (stats.mode & 0o077) === 0) continue
    open.push({ path: relative(folder, path), mode: (stats.mode & 0o777).toString(8) })
  }
  return open
}

/** The folder, and what is below it but for links and what they lead to. */
async function everything(folder: string): Promise<string[]> {
  const found = [folder]
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) found.push(...(await everything(path)))
    else if (entry.isFile()) found.push(path)
  }
  return found
}

describe('the files that a server makes', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let server: RealProcess
  const at = (name: string) => join(folder.path, name)
  beforeAll(async () => {
    folder = await tempFolder()
    const operator = { username: 'root', api_key: KEY, workspace: 'ops', super_admin: true }
    const users = { users: [{ ...operator, password: 'a plain password' }] }
    await writeFile(at('users.json'), JSON.stringify(users))
    server = await startRealProcess(folder.path, ENV, LOOSE)
  })
  afterAll(async () => {
    await server?.kill()
    await folder?.remove()
  })

  const call = async (method: string, path: string, body?: unknown) => {
    const isForm = body instanceof FormData
    const json = body === undefined || isForm ? {} : { 'content-type': 'application/json' }
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers: { 'x-api-key': KEY, ...json },
      body: isForm ? body : body === undefined ? null : JSON.stringify(body),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  const processed = async () => {
    for (;;) {
      const { status_counts: counts } = await call('GET', '/documents/status_counts')
      if (counts.pending + counts.processing === 0) return counts
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const command = (...words: string[]) =>
    run(
      'sh',
      [...LOOSE.slice(1), process.execPath, process.env.TENANTRAG_TEST_CLI ?? '', ...words],
      {
        cwd: folder.path,
        env: { PATH: process.env.PATH, WORKING_DIR: at('rag_storage'), INPUT_DIR: at('inputs') },
      },
    )

  it('are for its account alone, whatever is done with it', async () => {
    await call('POST', '/documents/text', { text: 'Clara Whitfield surveyed Port Alder.' })
    const form = new FormData()
    form.append('file', new Blob(['Ada Byron wrote to Charles Babbage.']), 'notes.txt')
    await call('POST', '/documents/upload', form)
    await mkdir(at('inputs/ops'), { recursive: true, mode: 0o700 })
    await writeFile(at('inputs/ops/found.txt'), 'Henry Morland drew the map.', { mode: 0o600 })
    await call('POST', '/documents/scan')
    await expect.poll(async () => (await processed()).processed).toBe(3)
    await call('POST', '/query', { query: 'Who surveyed Port Alder?' })
    await call('POST', '/api/v1/tenants', { name: 'Acme' })
    await call('POST', '/api/v1/tenants', { name: 'Techstart' })
    await call('POST', '/api/v1/tenants/acme/api-keys', { name: 'robot' })
    await call('PUT', '/api/v1/tenants/acme/provider-keys/openai', { key: 'sk-of-nobody-1234' })
    await call('DELETE', '/api/v1/tenants/techstart?confirm=techstart&wait=true')
    await fetch(`${server.url}/documents`, { headers: { 'x-api-key': 'of-nobody' } })
    expect(await openIn(at('rag_storage'))).toEqual([])
    expect(await openIn(at('inputs'))).toEqual([])
    const made = (await everything(at('rag_storage'))).length
    console.log(`Private files: ${made} files and folders of the storage looked at`)
  })

  it('are private after a stop, and what commands make is too', async () => {
    await server.stop()
    await command('workspace', 'export', 'ops', at('ops.export'))
    await command('workspace', 'import', at('ops.export'), 'copy')
    await command('user', 'add', 'ann', '--workspace', 'acme')
    for (const name of ['rag_storage', 'inputs']) expect(await openIn(at(name))).toEqual([])
    expect((await lstat(at('ops.export'))).mode & 0o077).toBe(0)
  })

  it('are made private at the next start when they were not, but for what links lead to', async () => {
    // The test before has done it, when it was run.
    await server.stop()
    for (const name of ['rag_storage', 'inputs']) {
      for (const path of await everything(at(name))) {
        await chmod(path, (await lstat(path)).isDirectory() ? 0o755 : 0o644)
      }
    }
    await mkdir(at('elsewhere'), { mode: 0o755 })
    await chmod(at('elsewhere'), 0o755)
    await symlink(at('elsewhere'), at('inputs/elsewhere'))
    server = await startRealProcess(folder.path, ENV, LOOSE)
    for (const name of ['rag_storage', 'inputs']) {
      expect((await lstat(at(name))).mode & 0o777).toBe(0o700)
      await expect.poll(() => openIn(at(name)), { timeout: 20_000 }).toEqual([])
    }
    expect((await lstat(at('elsewhere'))).mode & 0o777).toBe(0o755)
    expect(server.output()).toContain('for this account alone')
  })
})
