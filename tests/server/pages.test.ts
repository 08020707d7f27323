import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { manyUsers, startTestServer, type TestServer } from './test-server.ts'

let site: Server
let base: string
let words: string
let asked: (string | undefined)[]
let server: TestServer

beforeEach(async () => {
  words = 'The Zephyr valve opens at 4 bar.'
  asked = []
  site = createServer((request, response) => {
    if (request.url === '/robots.txt') return response.writeHead(404).end()
    asked.push(request.headers['if-none-match'])
    const etag = `"${words.length}"`
    const isKnown = request.headers['if-none-match'] === etag
    response.writeHead(isKnown ? 304 : 200, { 'content-type': 'text/html', etag })
    return response.end(isKnown ? '' : `<h1>Valves</h1><p>${words}`)
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
})
afterEach(async () => {
  await server.close()
  site.closeAllConnections()
  await new Promise((resolve) => site.close(resolve))
})

interface Reply {
  readonly status: string
  readonly message: string
  readonly documents: readonly { readonly content_summary: string }[]
  readonly data: {
    readonly references: readonly { readonly citations: readonly { headings: string[] }[] }[]
  }
}

async function post(path: string, body: object, who: Record<string, string> = {}) {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...who },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Reply }
}

it('takes in a page under its address, and again where it has changed', async () => {
  server = await startTestServer(null, { FETCH_PAGES: 'all' })
  const url = `${base}/a.php?x=1#top`
  const first = await post('/documents/url?wait=60', { url, tags: ['web'] })
  expect(first).toMatchObject({ status: 200, body: { status: 'success' } })
  const listed = await post('/documents/paginated', {})
  expect(listed.body.documents).toMatchObject([
    { file_path: `${base}/a.php?x=1`, status: 'processed', error_msg: null },
  ])
  const found = await post('/query/data', { query: 'When does the Zephyr valve open?' })
  expect(found.body.data.references[0]?.citations[0]?.headings).toEqual(['Valves'])
  const kept = await post('/documents/url', { url })
  expect(kept.body.status).toBe('duplicated')
  const again = await post('/documents/url?on_conflict=replace', { url })
  expect(again.body.message).toMatch(/not changed/)
  words = 'It opens at 5 bar.'
  const newer = await post('/documents/url?on_conflict=replace&wait=60', { url })
  expect(newer.body.status).toBe('success')
  const { documents } = (await post('/documents/paginated', {})).body
  expect(documents).toHaveLength(1)
  expect(documents[0]?.content_summary).toContain('5 bar')
  // Who does not ask for what has changed tells nothing of what is here.
  expect(asked).toEqual([undefined, undefined, '"32"', '"32"'])
})

it('tells by whom a page was taken in', async () => {
  server = await startTestServer(manyUsers(1), { FETCH_PAGES: 'all' })
  const who = { 'x-api-key': 'key-of-user-0' }
  expect((await post('/documents/url', { url: `${base}/a` }, who)).body.status).toBe('success')
  const mine = await post('/documents/paginated', { owner: 'me' }, who)
  expect(mine.body.documents).toMatchObject([{ file_path: `${base}/a` }])
})

it('connects to no address of this machine unless it is told to', async () => {
  server = await startTestServer(null)
  const refused = await post('/documents/url', { url: `${base}/a` })
  expect(refused.status).toBe(400)
  expect(JSON.stringify(refused.body)).toMatch(/no address of the public internet/)
  expect(asked).toEqual([])
})

it('fetches nothing where it is switched off', async () => {
  server = await startTestServer(null, { FETCH_PAGES: 'off' })
  const refused = await post('/documents/url', { url: `${base}/a` })
  expect(refused.status).toBe(400)
  expect(JSON.stringify(refused.body)).toMatch(/fetches no pages/)
})
