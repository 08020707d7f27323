import { link, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ScanStatus } from '../../../src/engine/documents/document-calls.ts'
import { LightRag } from '../../../src/engine/light-rag.ts'
import { tokenCount } from '../../../src/engine/text/tokenizer.ts'
import { offlineModels } from '../../../src/models/offline/offline-models.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../../src/workspaces/folder/files-in.ts'
import { tempFolder } from '../../server/temp-folder.ts'

describe('a scan of the input folder', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let inputDir: string
  let rag: LightRag
  const open = async () => {
    const models = offlineModels(tokenCount)
    const store = await openSqliteStore({
      dir: join(folder.path, 'store'),
      embedding: models.embedding,
    })
    return LightRag.open({
      store,
      models,
      files: filesIn(inputDir),
      settings: { maxUploadBytes: 1000 },
    })
  }
  beforeEach(async () => {
    folder = await tempFolder()
    inputDir = join(folder.path, 'inputs')
    await mkdir(inputDir)
    rag = await open()
  })
  afterEach(async () => {
    await rag.close()
    await folder.remove()
  })

  const put = (name: string, text = `This is ${name}.`) => writeFile(join(inputDir, name), text)
  const scan = async (): Promise<ScanStatus> => {
    const { track_id } = await rag.scan()
    await rag.idle()
    return rag.scanStatus(track_id)
  }
  const documents = async () => {
    const page = await rag.listDocuments({ sort_field: 'file_path', sort_direction: 'asc' })
    return page.documents.map(({ file_path, status }) => [file_path, status])
  }

  it('knows a file by one name, in whatever form of its letters the folder has it', async () => {
    for (const form of ['NFC', 'NFD']) await put(`Prüfplan ${form}.md`.normalize(form))
    await scan()
    expect(await documents()).toEqual([
      ['Prüfplan NFC.md', 'processed'],
      ['Prüfplan NFD.md', 'processed'],
    ])
    await put('Prüfplan NFD.md'.normalize('NFD'), 'Other words.')
    expect((await scan()).counts).toMatchObject({ processed: 0, warning: 1 })
    const { documents: taken } = await rag.listDocuments({})
    await rag.deleteDocuments({ doc_ids: taken.map(({ id }) => id), delete_file: true })
    await rag.idle()
    const left = await readdir(inputDir, { recursive: true })
    expect(left.filter((name) => name.endsWith('.md'))).toEqual([])
  })

  it('takes in what it can read, in the order of the names, and moves it away', async () => {
    for (const name of ['page10.md', 'page9.md', 'Zeta.TXT', 'photo.jpg', '.hidden.txt']) {
      await put(name)
    }
    const status = await scan()
    expect(status).toMatchObject({
      status: 'completed',
      counts: { processed: 3, warning: 0, error: 0 },
      samples: { processed: { items: ['page9.md', 'page10.md', 'Zeta.TXT'], truncated: false } },
      message: expect.stringContaining('3 file(s) taken in'),
    })
    expect(status.track_id).toMatch(/^scan_\d{8}_\d{6}_[0-9a-f]{8}$/)
    const { documents: found } = await rag.trackStatus(status.track_id)
    expect(found.map(({ file_path }) => file_path)).toEqual(['page9.md', 'page10.md', 'Zeta.TXT'])
    expect(found.every((document) => document.status === 'processed')).toBe(true)
    expect((await readdir(inputDir)).sort()).toEqual([
      '.hidden.txt',
      '__enqueued__',
      '__scans__',
      '__uploads__',
      'photo.jpg',
    ])
    expect((await readdir(join(inputDir, '__enqueued__'))).sort()).toEqual([
      'Zeta.TXT',
      'page10.md',
      'page9.md',
    ])
  })

  it('leaves names alone that are known, and files that are known by content', async () => {
    await rag.insertTexts({ texts: ['Known.'], file_sources: ['a.txt'] })
    await rag.idle()
    await put('a.txt', 'Another text under a known name.')
    await put('b.txt', 'One file.')
    await scan()
    await put('c.txt', 'One file.')
    const status = await scan()
    expect(status).toMatchObject({ counts: { processed: 0, warning: 2, error: 0 } })
    expect(status.samples.warning?.items[0]).toMatch(/^a\.txt: .*here already/)
    expect(await documents()).toEqual([
      ['a.txt', 'processed'],
      ['b.txt', 'processed'],
    ])
  })

  it('numbers what it moves beside a file of the same name', async () => {
    for (let i = 0; i < 3; i++) {
      await put('a.b.txt', `Version ${i}.`)
      await scan()
      const { documents: found } = await rag.listDocuments({})
      await rag.deleteDocuments({ doc_ids: found.map(({ id }) => id) })
      await rag.idle()
    }
    const away = join(inputDir, '__enqueued__')
    expect((await readdir(away)).sort()).toEqual(['a.b.txt', 'a.b_001.txt', 'a.b_002.txt'])
    expect(await readFile(join(away, 'a.b_002.txt'), 'utf8')).toBe('Version 2.')
  })

  it('leaves a failed document for what it cannot take in, and tries it again', async () => {
    await put('empty.txt', '')
    await put('large.txt', 'x'.repeat(1001))
    await put('fine.txt')
    expect(await scan()).toMatchObject({ counts: { processed: 1, warning: 0, error: 2 } })
    expect(await documents()).toEqual([
      ['empty.txt', 'failed'],
      ['fine.txt', 'processed'],
      ['large.txt', 'failed'],
    ])
    const { documents: failed } = await rag.listDocuments({ status_filter: 'failed' })
    expect(failed.map(({ error_msg }) => error_msg).sort()).toEqual([
      'The file is empty.',
      'The file is larger than 1000 bytes.',
    ])
    await put('empty.txt', 'Now there is something in it.')
    expect(await scan()).toMatchObject({ counts: { processed: 1, warning: 0, error: 1 } })
    expect(await documents()).toEqual([
      ['empty.txt', 'processed'],
      ['fine.txt', 'processed'],
      ['large.txt', 'failed'],
    ])
  })

  it('does not follow links out of the folder', async () => {
    await writeFile(join(folder.path, 'secret.txt'), 'Not for this workspace.')
    await symlink(join(folder.path, 'secret.txt'), join(inputDir, 'link.txt'))
    expect(await scan()).toMatchObject({ counts: { processed: 0, warning: 0, error: 0 } })
    expect(await documents()).toEqual([])
  })

  it('takes in no file that has another name elsewhere', async () => {
    await writeFile(join(folder.path, 'secret.txt'), 'Not for this workspace.')
    await link(join(folder.path, 'secret.txt'), join(inputDir, 'hard.txt'))
    await put('fine.txt')
    expect(await scan()).toMatchObject({
      counts: { processed: 1, error: 1 },
      samples: { error: { items: [expect.stringContaining('hard links')] } },
    })
    expect(await documents()).toEqual([
      ['fine.txt', 'processed'],
      ['hard.txt', 'failed'],
    ])
    await rm(join(folder.path, 'secret.txt'))
    expect(await scan()).toMatchObject({ counts: { processed: 1 } })
  })

  it('reads no folder that is a link', async () => {
    await mkdir(join(folder.path, 'elsewhere'))
    await writeFile(join(folder.path, 'elsewhere', 'a.txt'), 'Not for this workspace.')
    await rm(inputDir, { recursive: true })
    await symlink(join(folder.path, 'elsewhere'), inputDir)
    expect(await scan()).toMatchObject({ status: 'failed', counts: { processed: 0 } })
  })

  it('runs one at a time', async () => {
    await put('a.txt')
    const first = await rag.scan()
    const second = await rag.scan()
    expect(first.status).toBe('scanning_started')
    expect(second).toMatchObject({
      status: 'scanning_skipped_pipeline_busy',
      track_id: first.track_id,
    })
    await rag.idle()
    expect((await rag.scan()).status).toBe('scanning_started')
  })

  it('stops when the engine closes, and is told of afterwards', async () => {
    await put('a.txt')
    const first = await scan()
    for (let i = 0; i < 50; i++) await put(`${i}.txt`)
    const second = await rag.scan()
    await rag.close()
    const left = (await readdir(inputDir)).filter((name) => name.endsWith('.txt'))
    expect(left.length).toBeGreaterThan(40)
    rag = await open()
    expect(await rag.scanStatus(first.track_id)).toEqual(first)
    expect(await rag.scanStatus(second.track_id)).toMatchObject({ status: 'cancelled' })
    expect(await scan()).toMatchObject({ counts: { processed: left.length } })
  })

  it('is told of as abandoned when the process died meanwhile', async () => {
    await put('a.txt')
    const { track_id } = await scan()
    await rag.close()
    const record = join(inputDir, '__scans__', `${track_id}.json`)
    const saved = JSON.parse(await readFile(record, 'utf8'))
    await writeFile(record, JSON.stringify({ ...saved, status: 'running' }))
    rag = await open()
    expect(await rag.scanStatus(track_id)).toMatchObject({
      status: 'abandoned',
      counts: { processed: 1 },
    })
  })

  it('is told of by its documents when its record is gone', async () => {
    await put('a.txt')
    const { track_id } = await scan()
    await rag.close()
    await rm(join(inputDir, '__scans__'), { recursive: true })
    rag = await open()
    expect(await rag.scanStatus(track_id)).toMatchObject({
      status: 'completed',
      counts: { processed: 1 },
      message: expect.stringContaining('details'),
    })
  })

  it('ends when the pipeline is cancelled, and leaves the rest where it is', async () => {
    for (let i = 0; i < 50; i++) await put(`${i}.txt`)
    const { track_id } = await rag.scan()
    expect(await rag.cancelPipeline()).toMatchObject({ status: 'cancellation_requested' })
    await rag.idle()
    expect(await rag.scanStatus(track_id)).toMatchObject({
      status: 'cancelled',
      counts: { error: 0 },
    })
    const left = (await readdir(inputDir)).filter((name) => name.endsWith('.txt'))
    expect(left.length).toBeGreaterThan(40)
    expect((await documents()).filter(([, status]) => status === 'failed')).toEqual([])
    // Nothing of it hinders the next one.
    expect(await scan()).toMatchObject({ status: 'completed', counts: { error: 0 } })
    expect(await documents()).toHaveLength(50)
  })

  it('knows nothing of other track ids', async () => {
    const { track_id } = await rag.insertTexts({ texts: ['Known.'] })
    for (const id of [track_id, 'scan_20260101_000000_00000000']) {
      await expect(rag.scanStatus(id)).rejects.toMatchObject({ code: 'scan_not_found' })
    }
  })

  it('finds nothing where there is no folder', async () => {
    await rag.close()
    inputDir = join(folder.path, 'nowhere')
    rag = await open()
    expect(await scan()).toMatchObject({ status: 'completed', counts: { processed: 0 } })
  })
})
