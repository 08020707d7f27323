import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manyUsers, startTestServer, type TestServer } from './test-server.ts'

const KEY = { 'x-api-key': 'key-of-user-0' }
const TEXT = 'The pump house opens at six. '.repeat(20_000)
const HASH = createHash('sha256').update(TEXT).digest('hex')

describe('the file of a document', () => {
  let server: TestServer
  let ids: Record<string, string>
  beforeAll(async () => {
    server = await startTestServer(manyUsers(2))
    ids = {
      'hours (of) Straße.txt': '',
      'page.html': '',
    }
    for (const name of Object.keys(ids)) {
      const form = new FormData()
      form.append('file', new Blob([name.endsWith('html') ? '<p>Pump house</p>' : TEXT]), name)
      const sent = { method: 'POST', body: form, headers: KEY }
      const upload = await fetch(`${server.url}/documents/upload?wait=60`, sent)
      const { documents } = (await upload.json()) as { documents: { id: string }[] }
      ids[name] = documents[0]?.id ?? ''
    }
  })
  afterAll(() => server.close())

  const ask = (id: string | undefined, headers: Record<string, string> = {}, query = '') =>
    fetch(`${server.url}/documents/${id}/file${query}`, { headers: { ...KEY, ...headers } })
  const hours = () => ids['hours (of) Straße.txt']

  it('comes back byte by byte, under the name that it came with', async () => {
    const reply = await ask(hours())
    expect(reply.status).toBe(200)
    expect(await reply.text()).toBe(TEXT)
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'content-length': String(TEXT.length),
      'content-type': 'text/plain; charset=utf-8',
      'accept-ranges': 'bytes',
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
      etag: `"${HASH}"`,
      'content-disposition': `attachment; filename="hours (of) Stra_e.txt"; filename*=UTF-8''hours%20%28of%29%20Stra%C3%9Fe.txt`,
    })
  })

  it.each([
    ['bytes=0-9', 0, 9],
    ['bytes=100-', 100, TEXT.length - 1],
    ['bytes=-7', TEXT.length - 7, TEXT.length - 1],
    [`bytes=5-${10 * TEXT.length}`, 5, TEXT.length - 1],
  ])('comes in the part that %s asks for', async (range, first, last) => {
    const reply = await ask(hours(), { range })
    expect(reply.status).toBe(206)
    expect(reply.headers.get('content-range')).toBe(`bytes ${first}-${last}/${TEXT.length}`)
    expect(await reply.text()).toBe(TEXT.slice(first, last + 1))
  })

  it.each(['bytes=0-1,4-5', 'lines=1-2', 'bytes=9-3', 'bytes=-', 'bytes=a-b'])(
    'comes whole where %s is no part',
    async (range) => {
      const reply = await ask(hours(), { range })
      expect([reply.status, (await reply.text()).length]).toEqual([200, TEXT.length])
    },
  )

  it('has no part beyond its end', async () => {
    for (const range of [`bytes=${TEXT.length}-`, 'bytes=-0']) {
      const reply = await ask(hours(), { range })
      expect(reply.status).toBe(416)
      expect(reply.headers.get('content-range')).toBe(`bytes */${TEXT.length}`)
      await reply.text()
    }
  })

  it('is not sent again to who has it', async () => {
    const reply = await ask(hours(), { 'if-none-match': `W/"x", "${HASH}"` })
    expect([reply.status, await reply.text()]).toEqual([304, ''])
  })

  it('comes whole when the part belongs to another version', async () => {
    const old = await ask(hours(), { range: 'bytes=0-9', 'if-range': '"other"' })
    expect([old.status, (await old.text()).length]).toEqual([200, TEXT.length])
    const same = await ask(hours(), { range: 'bytes=0-9', 'if-range': `"${HASH}"` })
    expect([same.status, (await same.text()).length]).toEqual([206, 10])
  })

  it('may be shown where nothing in it runs, and only then', async () => {
    const shown = await ask(hours(), {}, '?inline=1')
    expect(shown.headers.get('content-disposition')).toMatch(/^inline; /)
    await shown.text()
    const page = await ask(ids['page.html'], {}, '?inline=1')
    expect(page.headers.get('content-disposition')).toMatch(/^attachment; /)
    expect(page.headers.get('content-security-policy')).toBe('sandbox')
    await page.text()
  })

  it('is there for those alone who may read the document', async () => {
    const reply = await ask(hours(), { 'x-api-key': 'key-of-user-1' })
    expect(reply.status).toBe(404)
    expect(await reply.text()).not.toContain('pump house')
  })

  it('is not there for a text, or once it is gone', async () => {
    const sent = {
      method: 'POST',
      body: JSON.stringify({ text: 'No file at all.' }),
      headers: { ...KEY, 'content-type': 'application/json' },
    }
    const reply = await fetch(`${server.url}/documents/text?wait=60`, sent)
    const { documents } = (await reply.json()) as { documents: { id: string }[] }
    expect((await ask(documents[0]?.id)).status).toBe(404)
    await rm(join(server.folder, 'inputs/space-0/__uploads__'), { recursive: true, force: true })
    await rm(join(server.folder, 'inputs/space-0'), { recursive: true, force: true })
    const gone = await ask(hours())
    expect(gone.status).toBe(404)
    expect(await gone.json()).toMatchObject({ error: { code: 'file_not_found' } })
  })
})
