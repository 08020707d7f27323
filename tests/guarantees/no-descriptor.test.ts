import { readdir, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type RealProcess, startRealProcess } from '../server/real-process.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { manyUsers } from '../server/test-server.ts'
import { finished, insert, setLimit, settled } from './fault-server.ts'

// A real server; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 })

const [open, shut] = ['key-of-user-0', 'key-of-user-1']
const FILE = '--x\r\ncontent-disposition: form-data; name="file"; filename="late.txt"\r\n\r\n'

let folder: Awaited<ReturnType<typeof tempFolder>>
let server: RealProcess
/** Of one connection: it was opened while one could be. */
let agent: Agent
beforeEach(async () => {
  folder = await tempFolder()
  const usersFile = join(folder.path, 'users.json')
  await writeFile(usersFile, JSON.stringify({ users: manyUsers(2) }))
  server = await startRealProcess(folder.path, { USERS_FILE: usersFile })
  agent = new Agent({ keepAlive: true, maxSockets: 1 })
})
afterEach(async () => {
  agent.destroy()
  await server.kill()
  await folder.remove()
})

/** To whom something is refused that needs a file. */
const NO_FILE = {
  status: 503,
  body: { detail: 'The server has too many files open at the moment' },
}

interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers is looked at, not typed
  readonly body: any
}

function send(path: string, key: string, body?: string, type = 'application/json') {
  return new Promise<Answer>((resolve, reject) => {
    const headers = { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': type }) }
    const method = body === undefined ? 'GET' : 'POST'
    const call = request(server.url + path, { agent, method, headers }, async (response) => {
      let text = ''
      for await (const piece of response.setEncoding('utf8')) text += piece
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) })
    })
    call.on('error', reject)
    call.end(body)
  })
}

const upload = (key: string) =>
  send('/documents/upload', key, `${FILE}Harbour Lane.\r\n--x--`, 'multipart/form-data; boundary=x')
const text = (name: string) => JSON.stringify({ text: `Of ${name}.`, file_source: name })
const files = async () => {
  const all = await readdir(join(folder.path, 'inputs'), { recursive: true, withFileTypes: true })
  return all.filter((entry) => entry.isFile()).map(({ name }) => name)
}

it('a server that can open no file says so to who needs one, serves the others, and takes all in afterwards', async () => {
  expect((await insert(server, 1, 5, open)).status).toBe(200)
  expect(await settled(server, open)).toEqual(finished([1]))
  expect(await send('/health', open)).toMatchObject({ status: 200 })
  // Numbers of descriptors are given from below: none is free under the highest.
  const known = await readdir(`/proc/${server.child.pid}/fd`)
  setLimit(server, 'nofile', '3')

  expect(await send('/health', open)).toMatchObject({ status: 200 })
  expect(await upload(open)).toMatchObject(NO_FILE)
  expect(await upload(shut)).toMatchObject(NO_FILE)
  const other = await send('/documents/text', shut, text('other.txt'))
  expect(other).toMatchObject(NO_FILE)
  const question = JSON.stringify({ query: 'Where does Station 1 report to?' })
  expect(await send('/query', open, question)).toMatchObject({ status: 200 })
  expect(await send('/documents/text', open, text('meanwhile.txt'))).toMatchObject({ status: 200 })
  expect(await send('/documents/status_counts', open)).toMatchObject({ status: 200 })
  expect(await files()).toEqual([])
  expect(server.child.exitCode).toBe(null)

  setLimit(server, 'nofile', String(known.length + 1000))
  expect(await upload(open)).toMatchObject({ status: 200 })
  expect(await upload(shut)).toMatchObject({ status: 200 })
  expect(await settled(server, open)).toEqual([
    ['late.txt', 'processed'],
    ['meanwhile.txt', 'processed'],
    ...finished([1]),
  ])
  expect(await settled(server, shut)).toEqual([['late.txt', 'processed']])
  expect(await server.stop()).toBe(0)
})

it('a text that comes before anything was ever counted waits until files can be opened', async () => {
  expect(await send('/documents/status_counts', open)).toMatchObject({ status: 200 })
  setLimit(server, 'nofile', '3')
  // It needs no file; counting its words does, once.
  expect(await send('/documents/text', open, text('early.txt'))).toMatchObject({ status: 200 })
  const reason = async () =>
    (await send('/documents/paginated', open, '{"page_size":10}')).body.documents[0].error_msg
  await expect.poll(reason, { timeout: 60_000 }).toBe(NO_FILE.body.detail)
  setLimit(server, 'nofile', '1000')
  expect(await settled(server, open)).toEqual([['early.txt', 'processed']])
  expect(await upload(open)).toMatchObject({ status: 200 })
  expect(await settled(server, open)).toEqual([
    ['early.txt', 'processed'],
    ['late.txt', 'processed'],
  ])
})
