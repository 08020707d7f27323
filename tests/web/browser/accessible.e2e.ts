import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { needing } from '../../needing.ts'
import { isChromiumThere, launchChromium } from './chromium.ts'
import { openGuardedTab } from './guarded-tab.ts'
import { type ServedUi, serveUi } from './served-ui.ts'

const it = needing('Chromium', isChromiumThere)
const LONG_MS = 60_000
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const USER = {
  username: 'ann',
  password: 'password of ann',
  api_key: 'key-of-ann',
  workspace: 'quarry7',
  workspaces: ['quarry7__plans', 'meadow9'],
}

/** What a page says of itself to axe; run in it. */
interface AxeWindow {
  axe: {
    run(
      where: Document,
      options: object,
    ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>
  }
}

let browser: Browser
let server: ServedUi

beforeAll(async () => {
  if (!isChromiumThere) return
  browser = await launchChromium()
  server = await serveUi([USER])
  const texts = ['# One\n\nThe first text.', '# Two\n\nAnn Lee knows Bo Yi of the quarry.']
  await fetch(`${server.url}/documents/texts?wait=60`, {
    method: 'POST',
    headers: { 'x-api-key': USER.api_key, 'content-type': 'application/json' },
    body: JSON.stringify({ texts, file_sources: ['one.md', 'two.md'] }),
  })
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async (rules) => {
    const { axe: inside } = window as unknown as AxeWindow
    const found = await inside.run(document, { runOnly: { type: 'tag', values: rules } })
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
    )
  }, RULES)
}

const LOOKS = ['light', 'dark'].flatMap((theme) =>
  ['en', 'ar'].flatMap((language) => [1440, 390].map((width) => ({ theme, language, width }))),
)

describe('every page, for everybody,', () => {
  for (const { theme, language, width } of LOOKS) {
    it(`has nothing in the way in ${language}, ${theme}, ${width} px wide`, async () => {
      const tab = await openGuardedTab(browser, server.url, { viewport: { width, height: 900 } })
      const { page } = tab
      page.setDefaultTimeout(LONG_MS)
      await page.addInitScript(
        (kept) => localStorage.setItem('lightrag:appearance', kept),
        JSON.stringify({ theme, language }),
      )
      const look = async (what: string) => {
        const wide = await page.evaluate(() => document.documentElement.scrollWidth)
        expect(wide, `${what} is wider than the window`).toBeLessThanOrEqual(width)
        expect(await violations(page), what).toEqual([])
      }
      await page.goto('/webui/')
      await page.locator('.front-card form').waitFor()
      await look('signing in')
      await page.locator('.segment').last().click()
      await page.locator('input[name="api-key"]').fill(USER.api_key)
      await page.keyboard.press('Enter')
      await page.locator('.tenant-card').first().waitFor()
      await look('the choice of a tenant')
      await page.locator('.tenant-card', { hasText: 'quarry7' }).click()
      await page.locator('table.documents tbody tr').nth(1).waitFor()
      await look('the list of documents')
      await page.locator('table.documents tbody .button.icon-only').first().click()
      await page.locator('.menu-item').first().waitFor()
      await look('what can be done with a document')
      await page.keyboard.press('Escape')
      await page.locator('.page-head .button').first().click()
      await page.locator('.dialog textarea').waitFor()
      await look('the dialog for a text')
      await page.keyboard.press('Escape')
      await page.locator('.document-link').first().click()
      await page.locator('.part').waitFor()
      await look('a document')
      for (const n of [1, 2]) {
        await page.locator('.tab').nth(n).click()
        await page.locator('.chunk, .facts').first().waitFor()
        await look(`part ${n} of a document`)
      }
      await page.locator('.rail-link').nth(1).click()
      await page.locator('.entities tbody tr').first().waitFor()
      await look('the graph')
      await page.locator('.entity-link').first().click()
      await page.locator('.entity .ties').first().waitFor()
      await look('an entity')
      await page.locator('.rail-link').last().click()
      await page.locator('.composer textarea').fill('Who knows Bo Yi?')
      await page.keyboard.press('Enter')
      await page.locator('.source-chip').first().waitFor()
      await look('an answer')
      await page.locator('.source-chip').first().click()
      await page.locator('.source blockquote').waitFor()
      await look('the source of an answer')
      await page.locator('.source .button.icon-only').click()
      await page.locator('.composer .button').first().click()
      await page.locator('.presets').waitFor()
      await page.locator('.dialog summary').click()
      await look('how to answer')
      expect(await tab.problems()).toEqual([])
      await tab.close()
    })
  }
})
