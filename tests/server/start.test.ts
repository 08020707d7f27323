import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startRealProcess } from './real-process.ts'
import { tempFolder } from './temp-folder.ts'
import { manyUsers } from './test-server.ts'

// Each starts real servers; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 })

let folder: Awaited<ReturnType<typeof tempFolder>>
beforeEach(async () => {
  folder = await tempFolder()
})
afterEach(() => folder.remove())

const usersFile = () => join(folder.path, 'users.json')
const writeUsers = (text: string) => writeFile(usersFile(), text)
const twoUsers = JSON.stringify({ users: manyUsers(2) })

/** What the process printed before it refused to start. */
async function refusal(env: Record<string, string> = {}): Promise<string> {
  const server = await startRealProcess(folder.path, env).catch((error: Error) => error.message)
  if (typeof server === 'string') return server
  await server.kill()
  throw new Error('The server started.')
}

const ask = (url: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/documents/status_counts`, { headers }).then(({ status }) => status)

describe('without users', () => {
  it('serves everybody in the workspace `default`', async () => {
    const server = await startRealProcess(folder.path)
    expect(await ask(server.url)).toBe(200)
    const health = await (await fetch(`${server.url}/health`)).json()
    expect(health).toMatchObject({ status: 'healthy', configuration: { workspace: 'default' } })
    expect(existsSync(join(folder.path, 'rag_storage', 'default', 'rag.db'))).toBe(true)
    expect(await server.stop()).toBe(0)
  })

  it('asks for LIGHTRAG_API_KEY where it is set, in LightRAG’s words', async () => {
    const server = await startRealProcess(folder.path, { LIGHTRAG_API_KEY: 'the-only-key' })
    const documents = `${server.url}/documents/status_counts`
    const missing = await fetch(documents)
    const wrong = await fetch(documents, { headers: { 'x-api-key': 'other' } })
    expect([missing.status, await missing.json()]).toEqual([
      403,
      expect.objectContaining({ detail: 'API Key required' }),
    ])
    expect([wrong.status, await wrong.json()]).toEqual([
      403,
      expect.objectContaining({ detail: 'Invalid API Key' }),
    ])
    expect(await ask(server.url, { 'x-api-key': 'the-only-key' })).toBe(200)
    const health = await (await fetch(`${server.url}/health`)).json()
    expect(health).not.toHaveProperty('configuration')
    await server.kill()
  })
})

describe('with users', () => {
  it('lets nobody in without a key of theirs', async () => {
    await writeUsers(twoUsers)
    const server = await startRealProcess(folder.path)
    expect(await ask(server.url)).toBe(401)
    expect(await ask(server.url, { 'x-api-key': 'wrong' })).toBe(401)
    expect(await ask(server.url, { authorization: 'Bearer wrong' })).toBe(401)
    expect(await ask(server.url, { 'x-api-key': 'key-of-user-0' })).toBe(200)
    expect(await ask(server.url, { authorization: 'Bearer key-of-user-1' })).toBe(200)
    expect(existsSync(join(folder.path, 'rag_storage', 'default'))).toBe(false)
    await server.kill()
  })

  it('knows all of very many, and tells what is wrong with them', async () => {
    const many = manyUsers(1000)
    await writeUsers(JSON.stringify({ users: many }))
    const server = await startRealProcess(folder.path)
    expect(await ask(server.url, { 'x-api-key': 'key-of-user-999' })).toBe(200)
    await server.kill()
    await writeUsers(JSON.stringify({ users: [...many, { ...many[0], username: '' }] }))
    expect(await refusal()).toMatch(/users\.1000\.username|users\[1000\]/)
  })

  it('keeps the last good version of a file that breaks while it runs', async () => {
    await writeUsers(twoUsers)
    const server = await startRealProcess(folder.path)
    await writeUsers('{ "users": [')
    await waitFor(() => server.output().includes('The users file is broken'))
    expect(await ask(server.url, { 'x-api-key': 'key-of-user-0' })).toBe(200)
    expect(await ask(server.url)).toBe(401)
    await writeUsers(JSON.stringify({ users: manyUsers(1) }))
    await waitFor(async () => (await ask(server.url, { 'x-api-key': 'key-of-user-1' })) === 401)
    expect(await ask(server.url, { 'x-api-key': 'key-of-user-0' })).toBe(200)
    await server.kill()
  })

  it('logs in with a password, and the token ends with its user', async () => {
    await writeUsers(twoUsers)
    const server = await startRealProcess(folder.path)
    const login = await fetch(`${server.url}/login`, {
      method: 'POST',
      body: new URLSearchParams({ username: 'user-1', password: 'password of user 1' }),
    })
    const { access_token } = (await login.json()) as { access_token: string }
    const headers = { authorization: `Bearer ${access_token}` }
    expect(await ask(server.url, headers)).toBe(200)
    await writeUsers(JSON.stringify({ users: manyUsers(1) }))
    await waitFor(async () => (await ask(server.url, headers)) === 401)
    await server.kill()
  })
})

describe('a start that would be unsafe or pointless', () => {
  it('is refused for a broken users file, naming the field', async () => {
    await writeUsers('{ "users": [{ "username": "a", "api_key": "k", "workspace": "../up" }] }')
    expect(await refusal()).toMatch(/workspace/)
    await writeUsers('not json')
    expect(await refusal()).toMatch(/users\.json/)
  })

  it('is refused when two users share a key', async () => {
    const [one, two] = manyUsers(2)
    await writeUsers(JSON.stringify({ users: [one, { ...two, api_key: one?.api_key }] }))
    expect(await refusal()).toMatch(/api_key/)
  })

  it('is refused when a named users file is missing', async () => {
    expect(await refusal({ USERS_FILE: usersFile() })).toMatch(/users\.json/)
  })

  it('is refused when users were served before and their file is gone', async () => {
    await writeUsers(twoUsers)
    await (await startRealProcess(folder.path)).stop()
    await rm(usersFile())
    expect(await refusal()).toMatch(/users file/)
  })

  it('is refused with a single key or accounts beside users', async () => {
    await writeUsers(twoUsers)
    expect(await refusal({ LIGHTRAG_API_KEY: 'k' })).toMatch(/LIGHTRAG_API_KEY must be unset/)
    expect(await refusal({ AUTH_ACCOUNTS: 'a:b' })).toMatch(/AUTH_ACCOUNTS must be unset/)
  })

  it('is refused with a short or publicly known token secret', async () => {
    expect(await refusal({ TOKEN_SECRET: 'short' })).toMatch(/32 bytes/)
    expect(await refusal({ TOKEN_SECRET: 'lightrag-jwt-default-secret-key!' })).toMatch(/publicly/)
  })

  it('is refused with every bad variable named at once', async () => {
    const printed = await refusal({ TOP_K: 'many', LLM_BINDING: 'lollms' })
    expect(printed).toMatch(/TOP_K must be/)
    expect(printed).toMatch(/LLM_BINDING must be one of .*LLM_BINDING_HOST/)
    expect(printed).not.toMatch(/ {4}at /)
  })

  it('is refused with all of it at once: variables, users and certificates', async () => {
    await writeUsers('{ "users": [{ "username": "a", "api_key": "k", "workspace": "../up" }] }')
    const printed = await refusal({
      TOP_K: 'many',
      LIGHTRAG_API_KEY: 'a-key-of-somebody',
      LIGHTRAG_GRAPH_STORAGE: 'Neo4JStorage',
      SSL: 'true',
      SSL_CERTFILE: 'none.crt',
      SSL_KEYFILE: usersFile(),
    })
    for (const words of [
      /^- TOP_K must be/m,
      /^- LIGHTRAG_GRAPH_STORAGE has no effect/m,
      /^- The users file .*users\.json: .*workspace/m,
      /^- LIGHTRAG_API_KEY must be unset/m,
      /^- SSL_CERTFILE cannot be read: ENOENT/m,
    ]) {
      expect(printed).toMatch(words)
    }
    expect(printed).not.toMatch(/a-key-of-somebody| {4}at /)
  })

  it('is refused over the files of Python LightRAG', async () => {
    const storage = join(folder.path, 'rag_storage')
    await mkdir(storage)
    await writeFile(join(storage, 'kv_store_full_docs.json'), '{}')
    expect(await refusal()).toMatch(/Python LightRAG.*WORKING_DIR/)
  })

  it('is refused over files of Python LightRAG in one of many folders', async () => {
    const storage = join(folder.path, 'rag_storage')
    for (const name of ['ours', 'theirs']) await mkdir(join(storage, name), { recursive: true })
    await writeFile(join(storage, 'notes.txt'), 'neither a folder nor theirs')
    await writeFile(join(storage, 'ours', 'rag.db'), '')
    await writeFile(join(storage, 'theirs', 'vdb_chunks.json'), '{}')
    expect(await refusal()).toMatch(/files of Python LightRAG \(in theirs\)/)
  })

  it('is refused over a folder that cannot be written', async () => {
    await writeFile(join(folder.path, 'rag_storage'), 'a file, not a folder')
    expect(await refusal()).toMatch(/not writable/)
  })
})

it('reads a .env file of the folder that it starts in', async () => {
  await writeFile(join(folder.path, '.env'), 'LIGHTRAG_API_KEY=from-the-file\n')
  const server = await startRealProcess(folder.path)
  expect(await ask(server.url)).toBe(403)
  expect(await ask(server.url, { 'x-api-key': 'from-the-file' })).toBe(200)
  await server.kill()
})

it('goes on by itself with what a kill interrupted', async () => {
  const first = await startRealProcess(folder.path)
  const texts = Array.from({ length: 30 }, (_, i) => `Station ${i} reports to Harbour Lane ${i}.`)
  const response = await fetch(`${first.url}/documents/texts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ texts }),
  })
  expect(response.status).toBe(200)
  await first.kill()
  const second = await startRealProcess(folder.path)
  // No request touches the workspace; only the log tells.
  await waitFor(async () => {
    const { pendingWorkAt } = await import('../../src/stores/sqlite/database/pending-documents.ts')
    return pendingWorkAt(join(folder.path, 'rag_storage', 'default')) === null
  })
  const counts = await (await fetch(`${second.url}/documents/status_counts`)).json()
  expect(counts).toMatchObject({ status_counts: { processed: 30, all: 30 } })
  await second.kill()
})

async function waitFor(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}
