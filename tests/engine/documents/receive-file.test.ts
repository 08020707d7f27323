import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkedFileName } from '../../../src/engine/documents/file-name.ts'
import { receiveFile, removeUnfinished } from '../../../src/engine/documents/receive-file.ts'

let folder: string
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'receive-')), 'uploads')
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

async function* bytes(...pieces: string[]) {
  for (const piece of pieces) yield Buffer.from(piece)
}

it('writes the bytes under a name of its own', async () => {
  const file = await receiveFile(folder, '.txt', bytes('hello ', 'world'), 0)
  expect(file.storedFile).toMatch(/^[0-9a-f-]{36}\.txt$/)
  expect(await readFile(join(folder, file.storedFile), 'utf8')).toBe('hello world')
  expect(file.bytes).toBe(11)
})

it('leaves nothing of a stream that fails', async () => {
  async function* failing() {
    yield Buffer.from('half')
    throw new Error('the client left')
  }
  await expect(receiveFile(folder, '.txt', failing(), 0)).rejects.toThrow('the client left')
  expect(await readdir(folder)).toEqual([])
})

it('refuses a file past the limit, and an empty one, and keeps nothing of them', async () => {
  const large = receiveFile(folder, '.txt', bytes('12345', '67890'), 9)
  await expect(large).rejects.toMatchObject({ code: 'file_too_large' })
  const empty = receiveFile(folder, '.txt', bytes(), 9)
  await expect(empty).rejects.toMatchObject({ code: 'invalid_argument' })
  expect(await readdir(folder)).toEqual([])
})

it('clears away what a crash left half written, and nothing else', async () => {
  const { storedFile } = await receiveFile(folder, '.txt', bytes('whole'), 0)
  await writeFile(join(folder, 'half.txt.part'), 'ha')
  await removeUnfinished(folder)
  expect(await readdir(folder)).toEqual([storedFile])
})

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
