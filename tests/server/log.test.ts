import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { type Server, startServer } from '../../src/main.ts'
import { type ControlServer, startControlServer } from '../control/control-server.ts'
import { ModelServer } from '../fixtures/model-server/model-server.ts'
import { modelEnv } from '../guarantees/model-process.ts'
import { needing } from '../needing.ts'
import { startRealProcess } from './real-process.ts'
import { tempFolder } from './temp-folder.ts'
import { TEST_HOSTS } from './test-hosts.ts'

const API_KEY = 'key-of-ann-0123456789'
const PASSWORD = 'correct-horse-battery'
const PROVIDER_KEY = 'provider+key+for+models'
const TOKEN_SECRET = 'a secret that signs tokens, 40 bytes long'
const QUESTION = 'Who buried the treasure below the old lighthouse?'

let folder: Awaited<ReturnType<typeof tempFolder>>
let models: ModelServer
let running: Server | undefined
beforeEach(async () => {
  folder = await tempFolder()
  models = new ModelServer({})
  await models.listen()
})
afterEach(async () => {
  await running?.close()
  running = undefined
  await models.close()
  await folder.remove()
})

interface Line {
  readonly [field: string]: unknown
  readonly msg: string
}

async function start(env: Record<string, string> = {}) {
  const written: string[] = []
  const usersFile = join(folder.path, 'users.json')
  const ann = { username: 'ann', password: PASSWORD, api_key: API_KEY, workspace: 'reeds' }
  await writeFile(usersFile, JSON.stringify({ users: [ann] }))
  const server = await startServer(
    loadConfig({
      HOST: '127.0.0.1',
      PORT: '0',
      WORKING_DIR: join(folder.path, 'rag_storage'),
      INPUT_DIR: join(folder.path, 'inputs'),
      USERS_FILE: usersFile,
      TOKEN_SECRET,
      LOG_LEVEL: 'trace',
      MAX_EVENT_LOOP_DELAY_MS: '0',
      ...TEST_HOSTS,
      ...env,
    }),
    { logStream: { write: (line) => written.push(line) } },
  )
  running = server
  const lines = () => written.map((line): Line => JSON.parse(line))
  const told = (msg: string) => lines().filter((line) => line.msg === msg)
  return { server, told, all: () => written.join('') }
}

const post = (server: Server, path: string, body: unknown) =>
  fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': API_KEY },
    body: JSON.stringify(body),
  })

describe('the log', () => {
  it('tells of each document: taken, done, failed with the reason of the provider', async () => {
    models = await modelsThat((text) => (text.includes('Poison') ? 'no luck' : null), 500)
    const { server, told } = await start(modelEnv(models))
    const good = { text: 'Heron stands in the reeds.', file_source: 'good.txt' }
    const { track_id } = (await (await post(server, '/documents/text', good)).json()) as {
      track_id: string
    }
    await expect.poll(() => told('document done')).toHaveLength(1)
    const about = {
      workspace: 'reeds',
      file: 'good.txt',
      ingestion_job_id: track_id,
      document: expect.stringMatching(/^doc-/),
    }
    expect(told('document begun')).toEqual([expect.objectContaining({ ...about, step: 'read' })])
    expect(told('document done')).toEqual([expect.objectContaining({ ...about, step: 'store' })])
    await post(server, '/documents/text', {
      text: 'Poison is in this cup.',
      file_source: 'cup.txt',
    })
    await expect.poll(() => told('document waits for another attempt')).not.toEqual([])
    expect(told('document waits for another attempt')[0]).toMatchObject({
      level: 40,
      workspace: 'reeds',
      file: 'cup.txt',
      step: 'extract',
      reason: expect.stringMatching(/The model provider failed \(500\)/),
      until: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    const bad = new FormData()
    bad.set('file', new Blob(['%PDF-1.4 broken']), 'bad.pdf')
    const headers = { 'x-api-key': API_KEY }
    await fetch(`${server.url}/documents/upload`, { method: 'POST', body: bad, headers })
    await expect.poll(() => told('document failed')).toHaveLength(1)
    expect(told('document failed')[0]).toMatchObject({
      level: 40,
      workspace: 'reeds',
      file: 'bad.pdf',
      step: 'read',
      ingestion_job_id: expect.stringMatching(/^upload_/),
      reason: expect.stringMatching(/The PDF is cut short/),
      reader_cpu_ms: expect.any(Number),
    })
    const fine = new FormData()
    fine.set('file', new Blob(['Herons eat frogs.']), 'fine.txt')
    await fetch(`${server.url}/documents/upload`, { method: 'POST', body: fine, headers })
    await expect.poll(() => told('document done')).toHaveLength(2)
    const [text, file] = told('document done')
    expect(file).toMatchObject({ file: 'fine.txt', reader_cpu_ms: expect.any(Number) })
    expect(text).not.toHaveProperty('reader_cpu_ms')
  })

  it('has a line for each request, with who asked and where', async () => {
    const { server, told } = await start()
    await post(server, '/query/data', { query: QUESTION, mode: 'naive' })
    await fetch(`${server.url}/documents?secret=word`)
    await fetch(`${server.url}/health`)
    await expect.poll(() => told('request completed')).toHaveLength(3)
    const [asked, refused, health] = told('request completed')
    expect(asked).toMatchObject({
      level: 30,
      user: 'ann',
      workspace: 'reeds',
      req: { method: 'POST', url: '/query/data' },
      res: { statusCode: 200 },
      responseTime: expect.any(Number),
    })
    expect(refused).toMatchObject({ req: { url: '/documents?…' }, res: { statusCode: 401 } })
    expect(refused).not.toHaveProperty('user')
    expect(health).toMatchObject({ level: 20 })
    expect(told('incoming request')).toEqual([])
  })

  it('tells once of a failure, also where the answer is a stream', async () => {
    models = await modelsThat(() => 'no')
    const { server, told } = await start(modelEnv(models))
    for (const path of ['/query', '/query/stream']) {
      await (await post(server, path, { query: QUESTION, mode: 'bypass' })).text()
    }
    await expect.poll(() => told('request failed')).toHaveLength(2)
    expect(told('request failed')[1]).toMatchObject({ code: expect.any(String), level: 40 })
  })

  it('holds no question, key, token or password, even when a provider repeats them', async () => {
    const chat = (prompt: string) => `Key ${PROVIDER_KEY} may not ask this: ${prompt}`
    models = await modelsThat(chat)
    const { server, told, all } = await start({
      ...modelEnv(models),
      LLM_BINDING_API_KEY: PROVIDER_KEY,
    })
    const login = await fetch(`${server.url}/login`, {
      method: 'POST',
      body: new URLSearchParams({ username: 'ann', password: PASSWORD }),
    })
    const { access_token } = (await login.json()) as { access_token: string }
    const headers = { authorization: `Bearer ${access_token}` }
    await fetch(`${server.url}/documents/status_counts`, { headers })
    await fetch(`${server.url}/documents?key=${API_KEY}`, {
      headers: { 'x-api-key': 'wrong-key-of-bob' },
    })
    for (const path of ['/query', '/query/stream', '/api/chat']) {
      const messages = [{ role: 'user', content: `/bypass ${QUESTION}` }]
      await (
        await post(server, path, {
          query: QUESTION,
          mode: 'bypass',
          model: 'lightrag:latest',
          messages,
        })
      ).text()
    }
    await expect.poll(() => told('request failed').length).toBeGreaterThanOrEqual(3)
    const secrets = [
      API_KEY,
      PASSWORD,
      PROVIDER_KEY,
      TOKEN_SECRET,
      access_token,
      'wrong-key-of-bob',
    ]
    expect(secrets.filter((secret) => all().includes(secret))).toEqual([])
    expect(all()).not.toMatch(/treasure|lighthouse/)
    expect(all()).toContain('refused the request (400)')
  })
})

describe('the log of a server with tenants', () => {
  let control: ControlServer
  beforeEach(async () => {
    control = await startControlServer()
  })
  afterEach(() => control.close())

  it('names tenant and knowledge base in the lines of requests and documents', async () => {
    const ann = await control.user('ann')
    const made = await ann.call('POST', '/api/v1/tenants', { body: { name: 'Acme' } })
    const { tenant_id } = made.body
    const kb = await ann.call('POST', `/api/v1/tenants/${tenant_id}/knowledge-bases`, {
      body: { name: 'Pumps' },
    })
    const { kb_id } = kb.body
    const headers = { 'x-tenant-id': tenant_id, 'x-kb-id': kb_id }
    const sent = await ann.call('POST', '/documents/text', {
      body: { text: 'Heron stands in the reeds.', file_source: 'a.txt' },
      headers,
    })
    expect([sent.status, made.status, kb.status]).toEqual([200, 201, 201])
    const lines = () => control.log.map((line): Line => JSON.parse(line))
    const done = () => lines().find(({ msg }) => msg === 'document done')
    await expect.poll(done).toMatchObject({
      tenant_id,
      kb_id,
      workspace: 'acme__pumps',
      ingestion_job_id: sent.body.track_id,
      step: 'store',
    })
    const request = lines().find(
      ({ msg, req }) => msg === 'request completed' && Object(req).url === '/documents/text',
    )
    expect(request).toMatchObject({ tenant_id, kb_id, workspace: 'acme__pumps', user: ann.id })
  })
})

describe('the process', () => {
  it('writes JSON where nobody looks, and what LOG_FORMAT says', async () => {
    const json = await startRealProcess(folder.path, { LOG_LEVEL: 'info' })
    expect(await json.stop()).toBe(0)
    for (const line of json.output().trim().split('\n'))
      expect(JSON.parse(line)).toHaveProperty('msg')
    const pretty = await startRealProcess(folder.path, { LOG_LEVEL: 'info', LOG_FORMAT: 'pretty' })
    expect(await pretty.stop()).toBe(0)
    expect(pretty.output()).toMatch(/^\d\d:\d\d:\d\d INFO {2}Server listening at/m)
    expect(pretty.output()).not.toContain('\u001b')
  })

  needing('python3', existsSync('/usr/bin/python3'))(
    'writes readable lines on a terminal',
    async () => {
      const cli = process.env.TENANTRAG_TEST_CLI ?? ''
      const script = `import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)`
      const args = ['-c', script, process.execPath, cli, 'serve']
      const env = { PATH: process.env.PATH, PORT: '0', TERM: 'xterm', HOST: '127.0.0.1' }
      const child = promisify(execFile)('/usr/bin/python3', args, { cwd: folder.path, env })
      let seen = ''
      child.child.stdout?.on('data', (piece) => {
        const isTold = seen.includes('Server listening')
        seen += piece
        // Once: behind that it may be gone.
        if (!isTold && seen.includes('Server listening')) child.child.stdin?.write('\u0003')
      })
      await child.catch(() => undefined)
      expect(seen).toMatch(/\d\d:\d\d:\d\d .*INFO.* Server listening at http/)
      expect(seen).not.toContain('"level"')
    },
  )
})

/** Answers chats with this status and these words, made of the last message; properly where they are null. */
async function modelsThat(
  said: (prompt: string) => string | null,
  status = 400,
): Promise<ModelServer> {
  await models.close()
  const server = new ModelServer({
    faultOf: (call) => {
      if (call.kind !== 'chat') return null
      const message = said(call.messages.at(-1)?.content ?? '')
      return message === null ? null : { kind: 'status', status, message }
    },
  })
  await server.listen()
  return server
}
