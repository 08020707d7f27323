import { expect, it } from 'vitest'
import { checkedFileName } from '../../../src/engine/documents/file-name.ts'

it.each([
  '../a.txt',
  'a/b.txt',
  'a\\b.txt',
  '..',
  '.hidden.txt',
  'a\u0000.txt',
  '',
  ' ',
  `${'x'.repeat(1021)}.txt`,
  '\u200b.txt',
])('refuses %j as a file name', (name) => {
  expect(() => checkedFileName(name, ['.txt'])).toThrow(
    expect.objectContaining({ code: 'invalid_file_name' }),
  )
})

it.each(['a..b.txt', 'What now... and then..txt', `${'長'.repeat(400)}.txt`, 'a\u200c.b.txt'])(
  'takes %j for a title',
  (name) => {
    expect(checkedFileName(name, ['.txt'])).toBe(name.replace('\u200c', ''))
  },
)

it('shows nothing of a name that turns it round or cannot be seen', () => {
  expect(checkedFileName('invoice\u202efdp.txt', ['.txt'])).toBe('invoicefdp.txt')
  expect(checkedFileName('pass\u200bword\ufeff.txt', ['.txt'])).toBe('password.txt')
})

it('refuses a type that it cannot read and takes any case of one that it can', () => {
  expect(() => checkedFileName('a.exe', ['.txt', '.md'])).toThrow(
    expect.objectContaining({ code: 'unsupported_file_type' }),
  )
  expect(checkedFileName(' Straße & Söhne.TXT ', ['.txt'])).toBe('Straße & Söhne.TXT')
})
