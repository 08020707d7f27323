import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest'
import { needing } from '../../needing.ts'
import { isChromiumThere, launchChromium } from './chromium.ts'
import { type GuardedTab, openGuardedTab } from './guarded-tab.ts'
import { type ServedUi, serveUi } from './served-ui.ts'

const it = needing('Chromium', isChromiumThere)
const LONG_MS = 60_000
const USER = {
  username: 'ann',
  password: 'password of ann',
  api_key: 'key-of-ann',
  workspace: 'quarry7',
  workspaces: ['quarry7__plans', 'meadow9'],
}
const SECRETS = ['quarry7', 'meadow9']

let browser: Browser
let server: ServedUi
let tab: GuardedTab

beforeAll(async () => {
  if (!isChromiumThere) return
  browser = await launchChromium()
  server = await serveUi([USER])
  await Promise.all([
    insert('quarry7', 'stone', 130),
    insert('quarry7__plans', 'plan', 60),
    insert('meadow9', 'flower', 130),
  ])
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})
beforeEach(async () => {
  tab = await openGuardedTab(browser, server.url, { secrets: SECRETS })
  tab.page.setDefaultTimeout(LONG_MS)
})
afterEach(async () => {
  expect(await tab.problems()).toEqual([])
  await tab.close()
})

async function insert(workspace: string, word: string, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, i) => `${word}-${String(i).padStart(3, '0')}.md`)
  const texts = names.map((name) => `The ${word} of ${name} is one of many.`)
  // A list is asked for again while its documents are worked on.
  const response = await fetch(`${server.url}/documents/texts?wait=60`, {
    method: 'POST',
    headers: {
      'x-api-key': USER.api_key,
      'lightrag-workspace': workspace,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ texts, file_sources: names }),
  })
  expect(response.status).toBe(200)
}

async function signIn(page: Page, path = '/webui/documents'): Promise<void> {
  await page.goto(path)
  await page.locator('.segment').last().click()
  await page.locator('input[name="api-key"]').fill(USER.api_key)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

async function enter(page: Page, tenant: RegExp): Promise<void> {
  await page.getByRole('button', { name: tenant }).click()
  await page.getByRole('heading', { name: 'Documents', level: 1 }).waitFor()
}

async function switchTo(page: Page, tenant: RegExp): Promise<void> {
  await page.locator('.tenant-link').click()
  await enter(page, tenant)
}

const range = (page: Page) => page.locator('.pager > span').first().textContent()
const queryOf = (page: Page) => decodeURIComponent(new URL(page.url()).search)

describe('two tenants in one tab', () => {
  it('each find their page, order and filter again, with one request for the list', async () => {
    const { page } = tab
    await signIn(page)
    await enter(page, /quarry7/)
    await page.getByRole('button', { name: 'Name' }).click()
    await expect.poll(() => queryOf(page)).toContain('sort=file_path:desc')
    for (const n of [2, 3]) {
      await page.getByRole('button', { name: 'Next page' }).click()
      await expect.poll(() => queryOf(page)).toContain(`page=${n}`)
    }
    const before = queryOf(page)
    await switchTo(page, /meadow9/)
    await page.getByRole('searchbox').fill('flower-00')
    await expect.poll(() => queryOf(page)).toContain('filters=q:flower-00')
    await expect.poll(() => range(page)).toBe('1–10 of 10')

    const lists: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/documents/paginated')) lists.push(request.postData() ?? '')
    })
    await switchTo(page, /quarry7/)
    await expect.poll(() => range(page)).toBe('101–130 of 130')
    expect(queryOf(page)).toBe(before)
    expect(lists.map((body) => JSON.parse(body).page)).toEqual([3])
    await switchTo(page, /meadow9/)
    await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('flower-00')
  })

  it('show a bookmarked address with the same view and each its own documents', async () => {
    const { page } = tab
    await signIn(page, '/webui/documents?page=2&sort=file_path:asc')
    await enter(page, /meadow9/)
    await expect.poll(() => range(page)).toBe('51–100 of 130')
    await page.getByRole('link', { name: 'flower-050.md' }).waitFor()
    await switchTo(page, /quarry7/)
    await page.goto('/webui/documents?page=2&sort=file_path:asc')
    await expect.poll(() => range(page)).toBe('51–100 of 130')
    await page.getByRole('link', { name: 'stone-050.md' }).waitFor()
  })

  it('keep a question that is not sent yet to itself', async () => {
    const { page } = tab
    const question = () => page.getByRole('textbox', { name: 'Ask a question' })
    await signIn(page)
    await enter(page, /quarry7/)
    await page.getByRole('link', { name: 'Ask' }).click()
    await question().fill('What do the stones of the quarry cost?')
    await page.locator('.tenant-link').click()
    await page.getByRole('button', { name: /meadow9/ }).click()
    await page.getByRole('link', { name: 'Ask' }).click()
    await expect.poll(() => question().inputValue()).toBe('')
    await page.locator('.tenant-link').click()
    await page.getByRole('button', { name: /quarry7/ }).click()
    await page.getByRole('link', { name: 'Ask' }).click()
    await expect.poll(() => question().inputValue()).toContain('stones of the quarry')
  })

  it('never show a late answer of the one under the other', async () => {
    const { page } = tab
    let answered = () => {}
    let mayAnswer = () => {}
    const isOther = new Promise<void>((resolve) => {
      mayAnswer = resolve
    })
    await signIn(page)
    await enter(page, /quarry7/)
    await page
      .getByRole('link', { name: /stone-/ })
      .first()
      .waitFor()
    let isHeld = false
    const late = new Promise<void>((resolve) => {
      answered = resolve
    })
    const aborted: string[] = []
    page.on('requestfailed', (request) => aborted.push(request.url()))
    await page.route('**/documents/paginated', async (route) => {
      if (!isHeld && route.request().headers()['x-tenant-id'] === 'quarry7') {
        isHeld = true
        const response = await route.fetch()
        await isOther
        await route.fulfill({ response }).catch(() => undefined)
        answered()
        return
      }
      await route.continue()
    })
    await page.getByRole('button', { name: 'Next page' }).click()
    await switchTo(page, /meadow9/)
    await page
      .getByRole('link', { name: /flower-/ })
      .first()
      .waitFor()
    mayAnswer()
    await late
    await page
      .getByRole('link', { name: /flower-/ })
      .first()
      .waitFor()
    expect(await page.getByText(/stone-/).count()).toBe(0)
    expect(aborted.some((url) => url.endsWith('/documents/paginated'))).toBe(true)
  })

  it('keep page and filter of each knowledge base apart', async () => {
    const { page } = tab
    await signIn(page)
    await enter(page, /quarry7/)
    await page.getByRole('button', { name: 'Next page' }).click()
    await expect.poll(() => queryOf(page)).toContain('page=2')
    await page.locator('.kb-switch button').click()
    await page.getByRole('option', { name: 'plans' }).click()
    await expect.poll(() => range(page)).toBe('1–50 of 60')
    await page.locator('.kb-switch button').click()
    await page.getByRole('option', { name: 'default' }).click()
    await expect.poll(() => range(page)).toBe('51–100 of 130')
  })
})

describe('the history of a tab', () => {
  it('has one step for a word that is typed, and one for each page, and goes back over them', async () => {
    const { page } = tab
    await signIn(page)
    await enter(page, /quarry7/)
    await page
      .getByRole('link', { name: /stone-/ })
      .first()
      .waitFor()
    const length = () => page.evaluate(() => history.length)
    const begun = await length()
    await page.getByRole('searchbox').pressSequentially('stone-', { delay: 60 })
    await expect.poll(() => queryOf(page)).toContain('filters=q:stone-')
    expect(await length()).toBe(begun + 1)
    for (const n of [2, 3]) {
      await page.getByRole('button', { name: 'Next page' }).click()
      await expect.poll(() => queryOf(page)).toContain(`page=${n}`)
    }
    expect(await length()).toBe(begun + 3)
    await page.goBack()
    await expect.poll(() => range(page)).toBe('51–100 of 130')
    await page.goBack()
    await page.goBack()
    await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('')
    await page.goForward()
    await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('stone-')
  })
})

describe('two tabs', () => {
  it('work in two tenants, also when they are loaded again, and sign out together', async () => {
    const { page } = tab
    await signIn(page)
    await enter(page, /quarry7/)
    const other = await tab.another()
    other.setDefaultTimeout(LONG_MS)
    await other.goto('/webui/documents')
    await enter(other, /meadow9/)
    for (const one of [page, other]) await one.reload()
    await page
      .getByRole('link', { name: /stone-/ })
      .first()
      .waitFor()
    await other
      .getByRole('link', { name: /flower-/ })
      .first()
      .waitFor()
    await other.getByRole('button', { name: 'Appearance and account' }).click()
    await other.getByRole('menuitem', { name: 'Sign out', exact: true }).click()
    for (const one of [page, other]) {
      await one.getByRole('button', { name: 'Sign in' }).waitFor()
      expect(await one.evaluate(() => Object.keys({ ...sessionStorage }))).toEqual([])
    }
  })
})

describe('an old address', () => {
  it('that names a tenant is cleaned, with a word, and leads to it', async () => {
    const { page } = tab
    await signIn(page)
    await enter(page, /quarry7/)
    // The guard sees such an address as well, and is right to: it is the old one that is opened.
    const old = await openGuardedTab(browser, server.url)
    await signIn(old.page)
    await old.page.getByRole('button', { name: /meadow9/ }).waitFor()
    await old.page.goto('/webui/documents?page=2&tenant=meadow9')
    await old.page.getByText(/named a tenant/).waitFor()
    await old.page
      .getByRole('link', { name: /flower-/ })
      .first()
      .waitFor()
    expect(queryOf(old.page)).toContain('page=2')
    expect(old.page.url()).not.toContain('meadow9')
    expect(await old.page.evaluate(() => document.cookie)).toBe('')
    await old.close()
  })
})
