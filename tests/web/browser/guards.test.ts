import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { needing } from '../../needing.ts'
import { isChromiumThere, launchChromium } from './chromium.ts'
import { openGuardedTab } from './guarded-tab.ts'

const it = needing('Chromium', isChromiumThere)
const SECRET = 'tenant-quarry-7'

/** Pages that do what must not be done. */
const PLANTED: Readonly<Record<string, string>> = {
  '/quiet': '<p>Nothing</p>',
  '/style': '<style>p { color: red }</style><p>Styled within the page</p>',
  '/error': '<script src="/error.js"></script>',
  '/error.js': 'console.error("it broke")',
  '/thrown': '<script src="/thrown.js"></script>',
  '/thrown.js': 'setTimeout(() => { throw new Error("nobody caught it") })',
  '/foreign': '<img src="http://127.0.0.1:1/picture.png">',
  '/address': `<script src="/address.js?tenant=${SECRET}"></script>`,
  '/title': `<title>${SECRET}</title>`,
  '/kept': '<script src="/kept.js"></script>',
  '/kept.js': `localStorage.setItem("somewhere", "${SECRET}")`,
  '/hint': '<script src="/hint.js"></script>',
  '/hint.js': `localStorage.setItem("lightrag:last-tenant:ann", "${SECRET}")`,
}

describe('a guarded tab', () => {
  let browser: Browser
  let server: Server
  let url: string
  beforeAll(async () => {
    if (!isChromiumThere) return
    browser = await launchChromium()
    server = createServer((request, response) => {
      const [path = ''] = (request.url ?? '').split('?')
      response.setHeader(
        'content-security-policy',
        "default-src 'self'; img-src *; style-src 'self'",
      )
      response.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : 'text/html')
      response.end(PLANTED[path] ?? '')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
  })

  const problemsOf = async (path: string) => {
    const tab = await openGuardedTab(browser, url, { secrets: [SECRET] })
    await tab.page.goto(path)
    await tab.page.waitForLoadState('networkidle')
    const problems = await tab.problems()
    await tab.close()
    return problems.join('\n')
  }

  it('has nothing to say of a page that does nothing', async () => {
    expect(await problemsOf('/quiet')).toBe('')
  })

  it('sees a style within the page', async () => {
    expect(await problemsOf('/style')).toContain('against the policy of the page: style-src')
  })

  it('sees an error on the console, and one that nobody caught', async () => {
    expect(await problemsOf('/error')).toContain('an error on the console: it broke')
    expect(await problemsOf('/thrown')).toContain('an error nobody caught: nobody caught it')
  })

  it('sees a request to another origin', async () => {
    expect(await problemsOf('/foreign')).toContain(
      'a request to another origin: http://127.0.0.1:1',
    )
  })

  it('sees the id of a tenant in an address, a title and the storage of the computer', async () => {
    expect(await problemsOf('/address')).toContain('a tenant in an address')
    expect(await problemsOf('/title')).toContain('a tenant in a title')
    expect(await problemsOf('/kept')).toContain('a tenant in the storage of the computer')
    expect(await problemsOf('/hint')).toBe('')
  })
})
