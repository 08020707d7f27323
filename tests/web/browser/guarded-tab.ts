import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'

export interface GuardedTab {
  readonly page: Page
  readonly context: BrowserContext
  /** What must not have happened, in words. */
  problems(): Promise<string[]>
  /** Another tab of the same browser profile, under the same guards. */
  another(): Promise<Page>
  /** From here on such a line of the console is expected. */
  expect(line: RegExp): void
  close(): Promise<void>
}

export interface GuardOptions extends BrowserContextOptions {
  /** Ids and slugs of tenants: of them nothing may be seen from outside. */
  readonly secrets?: readonly string[]
}

const LAST_USED = 'lightrag:last-tenant:'

/**
 * A tab that notes every violation of the page's policy, every error of its console, every request to
 * another origin, and every place where the id of a tenant must not be.
 */
export async function openGuardedTab(
  browser: Browser,
  baseURL: string,
  { secrets = [], ...options }: GuardOptions = {},
): Promise<GuardedTab> {
  const context = await browser.newContext({ baseURL, locale: 'en-GB', ...options })
  const found: string[] = []
  const expected: RegExp[] = []
  const { origin } = new URL(baseURL)
  const pages: Page[] = []
  const hasSecret = (text: string) => secrets.find((secret) => text.includes(secret))
  const lookAt = (where: string, text: string) => {
    const secret = hasSecret(text)
    if (secret !== undefined) found.push(`a tenant in ${where}: ${text}`)
  }
  await context.exposeBinding('tellViolation', (_source, text: string) => {
    found.push(`against the policy of the page: ${text}`)
  })
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { violatedDirective, blockedURI, sourceFile, lineNumber } = event
      const text = `${violatedDirective} ${blockedURI} at ${sourceFile}:${lineNumber}`
      void (window as unknown as { tellViolation: (text: string) => void }).tellViolation(text)
    })
  })
  context.on('request', (request) => {
    const url = request.url()
    if (/^(?:data|blob):/.test(url)) return
    if (new URL(url).origin !== origin) found.push(`a request to another origin: ${url}`)
    lookAt('an address', url)
    lookAt('a Referer', request.headers().referer ?? '')
  })
  const watch = (page: Page) => {
    pages.push(page)
    page.on('console', (message) => {
      const text = message.text()
      if (message.type() !== 'error' || expected.some((line) => line.test(text))) return
      found.push(`an error on the console: ${text}`)
    })
    page.on('console', (message) => lookAt('the console', message.text()))
    page.on('pageerror', (error) => found.push(`an error nobody caught: ${error.message}`))
    page.on('framenavigated', (frame) => lookAt('the address bar', frame.url()))
    return page
  }
  const page = watch(await context.newPage())
  return {
    page,
    context,
    another: async () => watch(await context.newPage()),
    expect: (line) => expected.push(line),
    problems: async () => {
      for (const open of pages.filter((one) => !one.isClosed())) {
        lookAt('the address bar', open.url())
        lookAt('a title', await open.title())
        const kept = await open.evaluate(() => Object.entries({ ...localStorage }))
        for (const [key, value] of kept) {
          if (!key.startsWith(LAST_USED)) lookAt(`the storage of the computer under ${key}`, value)
        }
      }
      return found
    },
    close: () => context.close(),
  }
}
