import { mkdir, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ScanStatus } from '../../../src/engine/documents/document-calls.ts'
import { LightRag } from '../../../src/engine/light-rag.ts'
import type { EngineSettings } from '../../../src/engine/ports/settings.ts'
import { tokenCount } from '../../../src/engine/text/tokenizer.ts'
import { offlineModels } from '../../../src/models/offline/offline-models.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../../src/workspaces/folder/files-in.ts'
import { tempFolder } from '../../server/temp-folder.ts'

let folder: Awaited<ReturnType<typeof tempFolder>>
let inputDir: string
let rag: LightRag
async function open(settings: Partial<EngineSettings> = {}) {
  const models = offlineModels(tokenCount)
  const dir = join(folder.path, 'store')
  const store = await openSqliteStore({ dir, embedding: models.embedding })
  rag = await LightRag.open({ store, models, files: filesIn(inputDir), settings })
}
beforeEach(async () => {
  folder = await tempFolder()
  inputDir = join(folder.path, 'inputs')
  await mkdir(inputDir)
})
afterEach(async () => {
  await rag.close()
  await folder.remove()
})

async function put(name: string, text = `This is ${name}.`) {
  await mkdir(join(inputDir, dirname(name)), { recursive: true })
  await writeFile(join(inputDir, name), text)
}

async function scan(): Promise<ScanStatus> {
  const { track_id } = await rag.scan()
  await rag.idle()
  return rag.scanStatus(track_id)
}

async function documents() {
  const { documents: all } = await rag.listDocuments({
    sort_field: 'file_path',
    sort_direction: 'asc',
  })
  return all.map(({ file_path, content_summary, metadata }) => [
    file_path,
    metadata?.enabled === false ? 'disabled' : content_summary,
  ])
}

describe('folders in the input folder', () => {
  it('are gone into, and what was taken in is moved away in the same folders', async () => {
    await open()
    await put('a.txt')
    await put('b/a.txt')
    await put('b/c/d.md')
    await put('.hidden/e.txt')
    await put('__uploads__/f.txt')
    expect((await scan()).counts).toMatchObject({ processed: 3, warning: 0, error: 0 })
    expect((await documents()).map(([name]) => name)).toEqual(['a.txt', 'b/a.txt', 'b/c/d.md'])
    expect(await readdir(join(inputDir, '__enqueued__/b'))).toEqual(['a.txt', 'c'])
    expect(await readdir(join(inputDir, 'b'))).toEqual(['c'])
    await rag.deleteDocuments({ file_paths: ['b/a.txt'], delete_file: true })
    await rag.idle()
    expect(await readdir(join(inputDir, '__enqueued__/b'))).toEqual(['c'])
    expect(await readdir(join(inputDir, '__enqueued__'))).toContain('a.txt')
  })

  it('that are links lead nowhere, also when they became one a moment ago', async () => {
    await open()
    const outside = join(folder.path, 'outside')
    await mkdir(outside)
    await writeFile(join(outside, 'secret.txt'), 'Secret words.')
    await symlink(outside, join(inputDir, 'link'))
    expect((await scan()).counts).toMatchObject({ processed: 0, error: 0 })
    const inputs = filesIn(inputDir).inputs
    const read = async () => {
      for await (const _ of inputs.read('link/secret.txt', new AbortController().signal));
    }
    await expect(read()).rejects.toThrow(/folder that is a link/)
    await expect(inputs.putAway('link/secret.txt')).rejects.toThrow(/folder that is a link/)
    await inputs.remove('link/secret.txt', async () => false)
    expect(await readdir(outside)).toEqual(['secret.txt'])
  })
})

describe('files that stay', () => {
  it('are taken in anew where they have changed, and left alone where they have not', async () => {
    await open({ scanFiles: 'keep' })
    await put('b/a.txt', 'First words.')
    await put('c.txt', 'Other words.')
    expect((await scan()).counts).toMatchObject({ processed: 2 })
    expect((await scan()).counts).toMatchObject({ processed: 0, warning: 0, error: 0 })
    // Written anew with the same words, it is the same.
    await utimes(join(inputDir, 'c.txt'), 1, 1)
    expect((await scan()).counts).toMatchObject({ processed: 0, warning: 0, error: 0 })
    await put('b/a.txt', 'Newer words.')
    await utimes(join(inputDir, 'b/a.txt'), 2, 2)
    expect((await scan()).counts).toMatchObject({ processed: 1, warning: 0 })
    expect(await documents()).toEqual([
      ['b/a.txt', 'Newer words.'],
      ['c.txt', 'Other words.'],
    ])
    expect(await readdir(inputDir)).toEqual(expect.arrayContaining(['b', 'c.txt']))
  })

  it.each([
    ['keep', ['a.txt', 'b.txt']],
    ['disable', ['a.txt', 'disabled']],
    ['delete', ['a.txt']],
  ] as const)('and are gone then leave documents that one may %s', async (scanGone, left) => {
    await open({ scanFiles: 'keep', scanGone })
    await put('a.txt', 'Words of a.')
    await put('b.txt', 'Words of b.')
    await scan()
    await rag.insertTexts({ texts: ['Sent by hand.'], file_sources: ['hand.txt'] })
    await rag.idle()
    await rm(join(inputDir, 'b.txt'))
    expect((await scan()).samples.warning?.items.join()).toMatch(/^b.txt: its file is gone/)
    await rag.idle()
    const found = (await documents()).filter(([name]) => name !== 'hand.txt')
    expect(found.map(([name, state]) => (state === 'disabled' ? state : name))).toEqual(left)
    expect((await documents()).map(([name]) => name)).toContain('hand.txt')
  })

  it('are not taken for gone when the folder is empty', async () => {
    await open({ scanFiles: 'keep', scanGone: 'delete' })
    await put('a.txt')
    await scan()
    await rename(join(inputDir, 'a.txt'), join(folder.path, 'a.txt'))
    await scan()
    expect(await documents()).toHaveLength(1)
  })

  it('are watched by option', async () => {
    await open({ scanFiles: 'keep', scanWatchMs: 20 })
    await put('a.txt', 'Words of a.')
    while ((await documents()).length === 0) await new Promise((done) => setTimeout(done, 20))
    expect(await documents()).toHaveLength(1)
  })
})
