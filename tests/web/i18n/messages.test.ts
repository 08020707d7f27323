import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadMessages } from '../../../src/web/i18n/load-messages.ts'
import type { Message } from '../../../src/web/i18n/message.ts'
import { LANGUAGES, type Language, languageFor, Texts } from '../../../src/web/i18n/text.ts'

const WEB = fileURLToPath(new URL('../../../src/web/', import.meta.url))
const languages = Object.keys(LANGUAGES) as Language[]
const english = await loadMessages('en')

const formsOf = (message: Message) =>
  typeof message === 'string' ? [message] : Object.values(message)
const valuesIn = (text: string) => Array.from(text.matchAll(/\{(\w+)\}/g), ([, name]) => name)

describe.each(languages)('the texts in %s', (language) => {
  it('are the same as in English, each with what is put into it', async () => {
    const own = await loadMessages(language)
    expect(Object.keys(own).sort()).toEqual(Object.keys(english).sort())
    for (const [key, message] of Object.entries(english)) {
      const wanted = new Set(formsOf(message).flatMap(valuesIn))
      const translated = own[key as keyof typeof own]
      for (const form of formsOf(translated)) {
        expect(form.trim(), key).not.toBe('')
        for (const name of valuesIn(form)) expect(wanted, `${key}: ${form}`).toContain(name)
      }
      const other = typeof translated === 'string' ? translated : translated.other
      expect(new Set(valuesIn(other)), key).toEqual(wanted)
    }
  })

  it('have every form that its numbers need', async () => {
    const own = await loadMessages(language)
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories
    for (const [key, message] of Object.entries(own)) {
      if (typeof message !== 'string')
        expect(Object.keys(message).sort(), key).toEqual(needed.sort())
    }
  })
})

describe('a text', () => {
  it('has its numbers as the language writes them, in the form that goes with them', async () => {
    const texts = new Texts('de', await loadMessages('de'))
    expect(texts.t('tenants.documents', { count: 1 })).toBe('1 Dokument')
    expect(texts.t('tenants.documents', { count: 12_345 })).toBe('12.345 Dokumente')
    const arabic = new Texts('ar', await loadMessages('ar'))
    expect(arabic.t('tenants.documents', { count: 2 })).toBe('مستندان')
  })

  it('is not put together of what somebody typed', async () => {
    const texts = new Texts('en', english)
    expect(texts.t('tenants.noMatch', { search: '{count}' })).toBe('No tenant matches “{count}”')
  })

  it('is used somewhere', async () => {
    const entries = await readdir(WEB, { recursive: true, withFileTypes: true })
    const sources = await Promise.all(
      entries
        .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((path) => !path.includes('/messages/'))
        .map((path) => readFile(path, 'utf8')),
    )
    const all = sources.join('\n')
    const isUsed = (key: string) => {
      if (all.includes(`'${key}'`) || all.includes(`"${key}"`)) return true
      // Keys that are put together end in a name.
      const begin = key.replace(/[^.]+$/, '')
      return all.includes(`\`${begin}\${`) || /\.(?:hint)$/.test(key)
    }
    expect(Object.keys(english).filter((key) => !isUsed(key))).toEqual([])
  })
})

describe('the language', () => {
  it.each([
    [['de-AT', 'en'], 'de'],
    [['zh-TW'], 'zh'],
    [['fr', 'ar-EG'], 'ar'],
    [['fr'], 'en'],
    [[], 'en'],
  ] as const)('for a browser that asks for %j is %s', (wanted, language) => {
    expect(languageFor(wanted)).toBe(language)
  })
})
