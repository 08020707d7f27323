import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { UploadFolder } from '../../../src/workspaces/folder/upload-folder.ts'

let folder: string
let files: UploadFolder
const put = (content: AsyncIterable<Uint8Array>, maxBytes = 0) =>
  files.put(content, { extension: '.txt', maxBytes })
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'receive-')), 'uploads')
  files = new UploadFolder(folder)
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

async function* bytes(...pieces: string[]) {
  for (const piece of pieces) yield Buffer.from(piece)
}

it('writes the bytes under a name of its own', async () => {
  const file = await put(bytes('hello ', 'world'))
  expect(file.name).toMatch(/^[0-9a-f-]{36}\.txt$/)
  expect(await readFile(join(folder, file.name), 'utf8')).toBe('hello world')
  expect(file.bytes).toBe(11)
})

it('leaves nothing of a stream that fails', async () => {
  async function* failing() {
    yield Buffer.from('half')
    throw new Error('the client left')
  }
  await expect(put(failing())).rejects.toThrow('the client left')
  expect(await readdir(folder)).toEqual([])
})

it('refuses a file past the limit, and an empty one, and keeps nothing of them', async () => {
  const large = put(bytes('12345', '67890'), 9)
  await expect(large).rejects.toMatchObject({ code: 'file_too_large' })
  const empty = put(bytes(), 9)
  await expect(empty).rejects.toMatchObject({ code: 'invalid_argument' })
  expect(await readdir(folder)).toEqual([])
})

it('clears away what a crash left half written, and nothing else', async () => {
  const { name } = await put(bytes('whole'))
  await writeFile(join(folder, 'half.txt.part'), 'ha')
  await files.removeUnfinished()
  expect(await readdir(folder)).toEqual([name])
})

it('lists what it keeps with the time, opens it by its name, and removes it', async () => {
  const before = Date.now() - 1000
  const { name } = await put(bytes('whole'))
  const [kept, ...more] = await files.list()
  expect([kept?.name, ...more]).toEqual([name])
  expect(kept?.writtenAt).toBeGreaterThan(before)
  const opened = await files.open(name)
  expect(await readFile(opened.path, 'utf8')).toBe('whole')
  await opened.close()
  await files.remove(name)
  await files.remove(name)
  await expect(files.open(name)).rejects.toThrow()
  expect(await files.list()).toEqual([])
})
