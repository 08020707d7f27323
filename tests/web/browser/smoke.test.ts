import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { needing } from '../../needing.ts'
import { isChromiumThere, launchChromium } from './chromium.ts'
import { type GuardedTab, type GuardOptions, openGuardedTab } from './guarded-tab.ts'
import { type ServedUi, serveUi } from './served-ui.ts'

const it = needing('Chromium', isChromiumThere)
const LONG_MS = 60_000

let browser: Browser
let server: ServedUi
let tab: GuardedTab

beforeAll(async () => {
  if (isChromiumThere) browser = await launchChromium()
})
afterAll(() => browser?.close())
afterEach(async () => {
  await tab?.close()
  await server?.close()
})

async function open(path: string, options: GuardOptions = {}) {
  tab = await openGuardedTab(browser, server.url, options)
  tab.page.setDefaultTimeout(LONG_MS)
  await tab.page.goto(path)
  return tab.page
}

describe('the web UI on a server that asks for no key', () => {
  it('takes texts in, answers a question and opens the passage it rests on', async () => {
    server = await serveUi(null)
    const page = await open('/')
    await page.waitForURL('**/webui/documents*')
    await page.getByRole('button', { name: 'Try three sample texts' }).click()
    await expect.poll(() => page.locator('.badge.good').count(), { timeout: LONG_MS }).toBe(3)

    await page.getByRole('link', { name: 'Ask' }).click()
    await page
      .getByRole('textbox', { name: 'Ask a question' })
      .fill('Who founded the Harbour Museum?')
    await page.getByRole('button', { name: 'Ask', exact: true }).click()
    await page.getByText('Ada Lindqvist').first().waitFor()
    await page.locator('.cite, .source-chip').first().click()
    await page.getByRole('link', { name: 'Open in the document' }).first().click()
    await page.waitForURL('**/webui/documents/d/**')
    await page.locator('.part mark').first().waitFor()
    const marked = await page.locator('.part mark').allTextContents()
    const [, id = '', start, end] = /documents\/d\/([^/?]+)\/(\d+)-(\d+)/.exec(page.url()) ?? []
    const text = await fetch(`${server.url}/documents/${id}/text`).then(
      (r) => r.json() as Promise<{ text: string }>,
    )
    expect(marked.join('')).toBe(text.text.slice(Number(start), Number(end)))
    expect(await tab.problems()).toEqual([])
  })
})

describe('the web UI on a server with users', () => {
  const USERS = [
    {
      username: 'ann',
      password: 'password of ann',
      api_key: 'key-of-ann',
      workspace: 'quarry7',
      workspaces: ['quarry7__plans', 'meadow9'],
    },
  ]

  it('lets somebody in by name or key, keeps their tenants apart and names none outside', async () => {
    server = await serveUi(USERS)
    const secrets = ['quarry7', 'meadow9']
    const page = await open('/webui/documents?page=1', { secrets })
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('ann')
    await page.getByLabel('Password', { exact: true }).fill('wrong')
    tab.expect(/401/)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Name or password is wrong.').waitFor()
    await page.getByLabel('Password', { exact: true }).fill('password of ann')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: /quarry7/ }).click()
    await page.getByRole('heading', { name: 'Documents' }).waitFor()
    await page.getByRole('button', { name: 'Paste a text' }).click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('only-here.md')
    await page
      .getByRole('textbox', { name: 'Text', exact: true })
      .fill('The stone of the quarry is red.')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('link', { name: 'only-here.md' }).waitFor()

    await page.getByRole('link', { name: /quarry7/ }).click()
    await page.getByRole('button', { name: /meadow9/ }).click()
    await page.getByText('Nothing here yet').waitFor()
    expect(await page.getByText('only-here.md').count()).toBe(0)
    expect(await tab.problems()).toEqual([])
  })
})
