import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebPages, type WebPagesOptions } from '../../src/outbound/web-pages.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

let server: Server
let base: string
let asked: string[]
let handlers: Map<string, Handler>
const open: WebPages[] = []

beforeEach(async () => {
  asked = []
  handlers = new Map()
  server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const handler = handlers.get(path)
    if (handler) handler(request, response)
    else response.writeHead(404).end('none')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  for (const pages of open.splice(0)) await pages.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** That may reach this machine by one of its addresses, as it else may reach the internet. */
function pagesOf(options: Partial<WebPagesOptions> = {}) {
  const pages = new WebPages({
    extensions: ['.html', '.txt', '.md', '.pdf'],
    mayReach: (address) => address === '127.0.0.1',
    ...options,
  })
  open.push(pages)
  return pages
}

const shows = (type: string, text: string, more = {}): Handler => {
  return (_, response) => response.writeHead(200, { 'content-type': type, ...more }).end(text)
}
const leadsTo = (place: string): Handler => {
  return (_, response) => response.writeHead(302, { location: place }).end()
}

async function textOf(pages: WebPages, path: string) {
  const page = await pages.fetch(`${base}${path}`, null)
  if (page === null) return null
  const pieces: Uint8Array[] = []
  for await (const piece of page.body) pieces.push(piece)
  const { url, extension, etag, lastModified } = page
  return {
    url: url.replace(base, ''),
    extension,
    etag,
    lastModified,
    text: Buffer.concat(pieces).toString(),
  }
}

describe('a page', () => {
  it('is fetched with its format, its version and where it was found', async () => {
    handlers.set('/a', leadsTo('/b'))
    handlers.set('/b', shows('text/html; charset=utf-8', '<p>x', { etag: '"1"' }))
    expect(await textOf(pagesOf(), '/a')).toEqual({
      url: '/b',
      extension: '.html',
      etag: '"1"',
      lastModified: null,
      text: '<p>x',
    })
  })

  it('is not fetched again while it is the same', async () => {
    handlers.set('/a', (request, response) => {
      const isKnown = request.headers['if-none-match'] === '"1"'
      response.writeHead(isKnown ? 304 : 200, { 'content-type': 'text/plain' }).end()
    })
    const pages = pagesOf()
    const version = (etag: string) => ({ etag, lastModified: null })
    expect(await pages.fetch(`${base}/a`, version('"1"'))).toBe(null)
    expect(await pages.fetch(`${base}/a`, version('"0"'))).not.toBe(null)
  })

  it('that nothing reads, or that is not there, is refused', async () => {
    handlers.set('/a', shows('image/png', 'x'))
    handlers.set('/b.md', shows('application/octet-stream', 'x'))
    await expect(textOf(pagesOf(), '/a')).rejects.toThrow(/Nothing reads what is there/)
    await expect(textOf(pagesOf(), '/none')).rejects.toThrow(/status 404/)
    expect(await textOf(pagesOf(), '/b.md')).toMatchObject({ extension: '.md' })
  })

  it('that leads on without end is given up', async () => {
    handlers.set('/a', leadsTo('/a'))
    await expect(textOf(pagesOf(), '/a')).rejects.toThrow(/more than 5 times/)
  })

  it('is not fetched against the rules of its site', async () => {
    handlers.set('/robots.txt', shows('text/plain', 'User-agent: *\nDisallow: /no'))
    handlers.set('/yes', shows('text/plain', 'x'))
    handlers.set('/on', leadsTo('/no'))
    await expect(textOf(pagesOf(), '/no')).rejects.toMatchObject({ code: 'page_refused' })
    await expect(textOf(pagesOf(), '/on')).rejects.toThrow(/robots.txt/)
    expect(asked).not.toContain('/no')
    expect(await textOf(pagesOf(), '/yes')).not.toBe(null)
    handlers.set('/robots.txt', (_, response) => response.writeHead(500).end())
    await expect(textOf(pagesOf(), '/yes')).rejects.toThrow(/cannot be had/)
  })
})

describe('an address', () => {
  it.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://[::1]/',
    'http://0/',
    'http://2130706433/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
    'http://[::ffff:127.0.0.1]/',
  ])('of no public place is not connected to: %s', async (url) => {
    const { port } = server.address() as AddressInfo
    const bare = new WebPages({ extensions: ['.html'] })
    open.push(bare)
    const named = new URL(url)
    named.port = String(port)
    await expect(bare.fetch(named.href, null)).rejects.toMatchObject({
      code: 'page_refused',
      message: expect.stringContaining('no address of the public internet'),
    })
    expect(asked).toEqual([])
  })

  it('that a redirect leads to is checked as well', async () => {
    const { port } = server.address() as AddressInfo
    handlers.set('/a', leadsTo(`http://127.0.0.2:${port}/secret`))
    handlers.set('/b', leadsTo('file:///etc/passwd'))
    await expect(textOf(pagesOf(), '/a')).rejects.toThrow(/127.0.0.2 is no address/)
    await expect(textOf(pagesOf(), '/b')).rejects.toThrow(/Only http and https/)
    expect(asked).not.toContain('/secret')
  })

  it('is that which was checked when a name is connected to', async () => {
    const { port } = server.address() as AddressInfo
    handlers.set('/a', shows('text/plain', 'x'))
    const seen: string[] = []
    const mayReach = (address: string) => seen.push(address) > 0
    const page = await pagesOf({ mayReach }).fetch(`http://localhost:${port}/a`, null)
    expect(page).not.toBe(null)
    expect(seen).toContain('127.0.0.1')
    await page?.close()
  })

  it.each([
    'ftp://example.org/',
    'file:///etc/passwd',
    'http://ada:secret@example.org/',
    'nonsense',
  ])('is refused as %s', async (url) => {
    await expect(pagesOf().fetch(url, null)).rejects.toMatchObject({ code: 'page_refused' })
  })
})

it('that says nothing ends with the signal of whoever asked', async () => {
  handlers.set('/a', () => undefined)
  const stop = new AbortController()
  const fetched = pagesOf().fetch(`${base}/a`, null, stop.signal)
  while (!asked.includes('/a')) await new Promise((resolve) => setTimeout(resolve, 10))
  stop.abort(new Error('gone'))
  await expect(fetched).rejects.toThrow('gone')
})
