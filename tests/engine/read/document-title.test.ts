import { describe, expect, it } from 'vitest'
import { documentTitle } from '../../../src/engine/read/document-title.ts'

const BODY = 'The first sentence of a text that goes on for a while.'

describe('documentTitle', () => {
  it.each([
    [
      'the first heading of a Markdown file',
      `intro\n\n# Pump manual\n\n${BODY}`,
      'p.md',
      'Pump manual',
    ],
    ['a heading that begins any text', `## Pump manual\n${BODY}`, '', 'Pump manual'],
    ['a first line that stands alone', `Pump manual\n\n${BODY}`, 'a1.txt', 'Pump manual'],
    ['an underlined first line', `Pump manual\n===========\n${BODY}`, 'a1.txt', 'Pump manual'],
    ['a capitalised question', `Where Is the Pump?\n\n${BODY}`, 'a1.txt', 'Where Is the Pump?'],
    ['a name that ends with a stop', `Acme, Inc.\n\n${BODY}`, 'a1.txt', 'Acme, Inc.'],
    ['a file name of words', BODY, 'travel_policy-2024.txt', 'travel policy 2024'],
    ['the last part of an address', BODY, 'https://x.test/help/first-steps.html', 'first steps'],
    ['a file name in a script without spaces', BODY, '東京旅行計画.txt', '東京旅行計画'],
  ])('is %s', (_what, text, label, title) => {
    expect(documentTitle(text, label)).toBe(title)
  })

  it.each([
    ['a sentence', `${BODY}\n\nAnother.`, 'a1.txt'],
    ['a greeting', `Dear Ines,\n\n${BODY}`, 'a1.txt'],
    ['a question in small letters', `can you help me?\n\n${BODY}`, 'a1.txt'],
    ['a line without a gap below', `Pump manual\n${BODY}`, 'a1.txt'],
    ['a very long line', `${'word '.repeat(40)}\n\n${BODY}`, 'a1.txt'],
    ['a figure', `3642\n\n${BODY}`, 'a1.txt'],
    ['a comment further down', `${BODY}\n# not a heading`, 'a1.txt'],
    ['a date', BODY, '2024-01-05.txt'],
    ['a hash', BODY, '3f2a9c0d11e4ffab.txt'],
    ['an id', BODY, 'doc-a1b2c3'],
    ['a name that any file has', BODY, 'unknown_source'],
  ])('is not %s', (_what, text, label) => {
    expect(documentTitle(text, label)).toBeNull()
  })
})
