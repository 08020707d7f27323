import { expect, it } from 'vitest'
import { checkedFileName, recognized } from '../../../src/engine/documents/file-name.ts'

const TEXTS = { extensions: ['.txt'] }

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
  expect(() => checkedFileName(name, TEXTS)).toThrow(
    expect.objectContaining({ code: 'invalid_file_name' }),
  )
})

it.each(['a..b.txt', 'What now... and then..txt', `${'長'.repeat(400)}.txt`, 'a\u200c.b.txt'])(
  'takes %j for a title',
  (name) => {
    expect(checkedFileName(name, TEXTS)).toBe(name.replace('\u200c', ''))
  },
)

it('shows nothing of a name that turns it round or cannot be seen', () => {
  expect(checkedFileName('invoice\u202efdp.txt', TEXTS)).toBe('invoicefdp.txt')
  expect(checkedFileName('pass\u200bword\ufeff.txt', TEXTS)).toBe('password.txt')
})

it('refuses a type that it cannot read and takes any case of one that it can', () => {
  expect(() => checkedFileName('a.exe', { extensions: ['.txt', '.md'] })).toThrow(
    expect.objectContaining({ code: 'unsupported_file_type' }),
  )
  expect(checkedFileName(' Straße & Söhne.TXT ', TEXTS)).toBe('Straße & Söhne.TXT')
})

const READS_ZEROS = {
  extensions: ['.txt'],
  recognizes: (head: Uint8Array) => head.every((byte) => byte === 0),
}

async function pass(name: string, pieces: readonly Buffer[]) {
  async function* content() {
    yield* pieces
  }
  let bytes = 0
  for await (const piece of recognized(name, content(), READS_ZEROS)) bytes += piece.length
  return bytes
}

it.each(['README', 'Report v1.2', 'Minutes of 12.03.2024', 'Draft. For Ada'])(
  'takes %j, which tells no format, only where content is recognized',
  (name) => {
    expect(checkedFileName(name, READS_ZEROS)).toBe(name)
    expect(() => checkedFileName(name, TEXTS)).toThrow(/Supported types: .txt/)
    expect(() => checkedFileName(name, READS_ZEROS, Buffer.from('x'))).toThrow(/Supported types/)
  },
)

it('passes what is recognized by its first 8 kB, in whatever pieces it comes', async () => {
  const zeros = Buffer.alloc(5000)
  const late = Buffer.concat([Buffer.alloc(3192), Buffer.from('x')])
  expect(await pass('README', [zeros, late])).toBe(8193)
  expect(await pass('README', [Buffer.alloc(1)])).toBe(1)
  expect(await pass('a.txt', [Buffer.from('x')])).toBe(1)
  await expect(pass('README', [zeros, Buffer.from('x')])).rejects.toMatchObject({
    code: 'unsupported_file_type',
  })
})
