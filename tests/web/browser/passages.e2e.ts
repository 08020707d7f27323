import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { needing } from '../../needing.ts'
import { isChromiumThere, launchChromium } from './chromium.ts'
import { type GuardedTab, openGuardedTab } from './guarded-tab.ts'
import { type ServedUi, serveUi } from './served-ui.ts'

const it = needing('Chromium', isChromiumThere)
const LONG_MS = 60_000
const PASSAGES = 200

/** A text in several scripts, with what is counted differently by different people. */
const PART =
  'Ann Lee \u{1F469}\u200D\u{1F680} met Bo Yi.\r\n世界は広い。\u{1F600}\r\n\r\nمرحبا بالعالم، كيف الحال؟\r\n\tcafe\u0301 — naïve\u00a0Straße\n'
const TEXT = PART.repeat(400)

let browser: Browser
let server: ServedUi
let tab: GuardedTab

beforeAll(async () => {
  if (!isChromiumThere) return
  browser = await launchChromium()
  server = await serveUi(null)
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})
afterEach(async () => {
  expect(await tab.problems()).toEqual([])
  await tab.close()
})

async function open(path: string): Promise<Page> {
  tab = await openGuardedTab(browser, server.url)
  tab.page.setDefaultTimeout(LONG_MS)
  await tab.page.goto(path)
  return tab.page
}

/** Citations begin and end at whole characters. */
function wholeFrom(text: string, place: number): number {
  const unit = text.charCodeAt(place)
  return unit >= 0xdc00 && unit <= 0xdfff ? place - 1 : place
}

/** Numbers that look random and are the same in each run. */
function* numbers(): Generator<number, never> {
  for (let x = 12_345; ; ) {
    x = (x * 1_103_515_245 + 12_345) % 2 ** 31
    yield x
  }
}

describe('a passage', () => {
  it('is highlighted exactly, in any script, wherever it begins and ends', async () => {
    const inserted = await fetch(`${server.url}/documents/text?wait=120`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: TEXT, file_source: 'scripts.md' }),
    })
    const { documents } = (await inserted.json()) as { documents: { id: string }[] }
    const id = documents[0]?.id ?? ''
    const all = await fetch(`${server.url}/documents/${id}/text?to=65536`)
    const { text } = (await all.json()) as { text: string }
    expect(text.length).toBeGreaterThan(20_000)
    const page = await open(`/webui/documents/d/${id}`)
    await page.locator('.part').first().waitFor()
    const next = numbers()
    for (let i = 0; i < PASSAGES; i++) {
      const start = wholeFrom(text, next.next().value % (text.length - 300))
      const end = wholeFrom(text, start + 2 + (next.next().value % 250))
      await page.evaluate((path) => {
        history.pushState(null, '', path)
        dispatchEvent(new PopStateEvent('popstate'))
      }, `/webui/documents/d/${id}/${start}-${end}`)
      const marked = async () => (await page.locator('.part mark').allTextContents()).join('')
      await expect.poll(marked, { timeout: LONG_MS }).toBe(text.slice(start, end))
    }
  })
})

describe('what was typed', () => {
  it('outlives a server that is away, and a page that is loaded again', async () => {
    const page = await open('/webui/ask')
    const box = page.getByRole('textbox', { name: 'Ask a question' })
    await box.fill('A long question that took a while')
    tab.expect(/ERR_|Failed to load/)
    await page.route('**/query/stream', (route) => route.abort())
    await page.getByRole('button', { name: 'Ask', exact: true }).click()
    await page.getByText('The server cannot be reached').waitFor()
    await box.fill('And another one')
    await page.reload()
    await expect.poll(() => box.inputValue()).toBe('And another one')
  })
})

describe('a long list', () => {
  it('draws what is near the window, and the rest as one comes to it', async () => {
    const names = Array.from({ length: 180 }, (_, i) => `n-${String(i).padStart(3, '0')}.md`)
    await fetch(`${server.url}/documents/texts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ texts: names.map((name) => `About ${name}.`), file_sources: names }),
    })
    const page = await open('/webui/documents?pageSize=200&sort=file_path:asc')
    await page.getByRole('link', { name: 'n-000.md' }).waitFor()
    const rows = () => page.locator('table.documents tbody tr[aria-rowindex]').count()
    expect(await rows()).toBeLessThanOrEqual(60)
    await page.locator('#content').evaluate((box) => box.scrollTo(0, box.scrollHeight))
    await page.getByRole('link', { name: 'n-179.md' }).waitFor()
    expect(await rows()).toBeLessThanOrEqual(60)
  })
})
