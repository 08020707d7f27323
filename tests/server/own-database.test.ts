import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claim } from '../../src/commands/workspace/workspace-claim.ts'
import { exportTo } from '../../src/commands/workspace/workspace-export.ts'
import { importFrom } from '../../src/commands/workspace/workspace-import.ts'
import { listWorkspaces } from '../../src/commands/workspace/workspace-list.ts'
import { verify } from '../../src/commands/workspace/workspace-verify.ts'
import { loadConfig } from '../../src/config/config.ts'
import { type Server, startServer } from '../../src/main.ts'
import { nameIn } from '../../src/stores/sqlite/database/stored-name.ts'
import { tempFolder } from './temp-folder.ts'
import { TEST_HOSTS } from './test-hosts.ts'

const REMEDY = /swapped.*workspace claim/

describe('the folder of a workspace', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let server: Server | undefined
  let log: string[]
  beforeEach(async () => {
    folder = await tempFolder()
    log = []
    await start()
    for (const name of ['acme', 'techstart']) await insert(name)
    await stop()
  })
  afterEach(async () => {
    await stop()
    await folder.remove()
  })

  const at = (...names: string[]) => join(folder.path, ...names)
  const dirOf = (name: string) => at('rag_storage', name)
  const env = () => ({ WORKING_DIR: at('rag_storage'), INPUT_DIR: at('inputs') })
  const start = async () => {
    const users = ['acme', 'techstart', 'copy'].map((name) => ({
      username: `user-of-${name}`,
      password: 'a plain password',
      api_key: `key-of-${name}`,
      workspace: name,
    }))
    await writeFile(at('users.json'), JSON.stringify({ users }))
    const config = loadConfig({
      ...env(),
      HOST: '127.0.0.1',
      PORT: '0',
      USERS_FILE: at('users.json'),
      LOG_LEVEL: 'error',
      MAX_EVENT_LOOP_DELAY_MS: '0',
      ...TEST_HOSTS,
    })
    server = await startServer(config, { logStream: { write: (line) => log.push(line) } })
  }
  const stop = async () => {
    await server?.close()
    server = undefined
  }
  const ask = async (
    name: string,
    method = 'GET',
    path = '/documents/status_counts',
    body?: object,
  ) => {
    const answer = await fetch(`${server?.url}${path}`, {
      method,
      headers: { 'x-api-key': `key-of-${name}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    })
    return { status: answer.status, text: await answer.text() }
  }
  const insert = async (name: string) => {
    await ask(name, 'POST', '/documents/text', { text: `Only ${name} knows Port Alder.` })
    for (;;) {
      const { status_counts: counts } = JSON.parse((await ask(name)).text)
      if (counts.processed === 1) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const run = async (command: (context: Parameters<typeof claim>[0]) => Promise<void>) => {
    const printed: string[] = []
    let exitCode = 0
    await command({
      env,
      print: (line) => printed.push(line),
      readInput: async () => '',
      setExitCode: (code) => {
        exitCode = code
      },
    })
    return { text: printed.join('\n'), exitCode }
  }
  const swap = async (one: string, other: string) => {
    await rename(one, at('between'))
    await rename(other, one)
    await rename(at('between'), other)
  }

  it('whose database was swapped with another’s is served to neither, until it is put right', async () => {
    await swap(join(dirOf('acme'), 'rag.db'), join(dirOf('techstart'), 'rag.db'))
    await start()
    for (const [name, other] of [
      ['acme', 'techstart'],
      ['techstart', 'acme'],
    ] as const) {
      const { status, text } = await ask(name)
      expect([status, text]).toEqual([503, expect.stringMatching(REMEDY)])
      expect(text).not.toContain(other)
    }
    expect(log.join('')).toContain('The folder of \\"acme\\" has the database of \\"techstart\\"')
    await stop()
    expect(await run((context) => verify(context, 'acme', { all: false }))).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining('has the database of "techstart"'),
    })
    const listed = await run((context) => listWorkspaces(context, { json: false }))
    expect(listed.text).toContain('The folder of "techstart" has the database of "acme"')
    await expect(run((context) => exportTo(context, 'acme', at('x.export')))).rejects.toThrow(
      /has the database of/,
    )
    await swap(join(dirOf('acme'), 'rag.db'), join(dirOf('techstart'), 'rag.db'))
    await start()
    expect((await ask('acme')).status).toBe(200)
  })

  it('that was copied by hand is served once somebody says that it is meant', async () => {
    await cp(dirOf('acme'), dirOf('copy'), { recursive: true })
    await start()
    expect((await ask('copy')).text).toMatch(REMEDY)
    await stop()
    const { text } = await run((context) => claim(context, 'copy'))
    expect(text).toBe('"copy" has the database in its folder, which was that of "acme".')
    await start()
    expect((await ask('copy')).status).toBe(200)
    expect((await ask('acme')).status).toBe(200)
  })

  it('that was imported under another name is served under that, and keeps it', async () => {
    await run((context) => exportTo(context, 'acme', at('acme.export')))
    await run((context) =>
      importFrom(context, at('acme.export'), 'copy', { acceptProblems: false }),
    )
    expect([nameIn(dirOf('acme')), nameIn(dirOf('copy'))]).toEqual(['acme', 'copy'])
    await start()
    expect((await ask('copy')).status).toBe(200)
  })

  it.each([
    ['itself', 'rag_storage/acme'],
    ['in its database', 'rag_storage/acme/rag.db'],
    ['of the inputs', 'inputs/acme'],
  ])('that is a link is refused, %s', async (_, path) => {
    await mkdir(at('inputs/acme'), { recursive: true })
    await rename(at(path), at('elsewhere'))
    await symlink(at('elsewhere'), at(path))
    await start()
    const { status, text } = await ask('acme')
    expect([status, text]).toEqual([503, expect.stringContaining('is a link')])
    expect(text).not.toContain(folder.path)
    expect((await ask('techstart')).status).toBe(200)
    await stop()
    await rm(at(path))
    await rename(at('elsewhere'), at(path))
    await start()
    expect((await ask('acme')).status).toBe(200)
  })
})
