import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LightRag } from '../../src/engine/light-rag.ts'
import { tokenCount } from '../../src/engine/text/tokenizer.ts'
import { offlineModels } from '../../src/models/offline/offline-models.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../src/workspaces/folder/files-in.ts'
import { tempFolder } from '../server/temp-folder.ts'

describe('deleting a document with its file', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let inputDir: string
  let rag: LightRag
  beforeEach(async () => {
    folder = await tempFolder()
    inputDir = join(folder.path, 'inputs')
    await mkdir(inputDir)
    const models = offlineModels(tokenCount)
    const dir = join(folder.path, 'store')
    const store = await openSqliteStore({ dir, embedding: models.embedding })
    rag = await LightRag.open({ store, models, files: filesIn(inputDir) })
  })
  afterEach(async () => {
    await rag.close()
    await folder.remove()
  })

  const put = (name: string, text: string) => writeFile(join(inputDir, name), text)
  const takeIn = async () => {
    await rag.scan()
    await rag.idle()
  }
  const putAway = async () => (await readdir(join(inputDir, '__enqueued__'))).sort()
  const remove = async (name: string, delete_file: boolean) => {
    const { documents } = await rag.listDocuments({ page_size: 200 })
    const ids = documents.filter(({ file_path }) => file_path === name).map(({ id }) => id)
    expect(ids).toHaveLength(1)
    const answer = await rag.deleteDocuments({ doc_ids: ids, delete_file })
    expect(answer.status).toBe('deletion_started')
    await rag.idle()
  }

  it('leaves the file where it is unless that is asked for', async () => {
    await put('a.txt', 'The first text.')
    await takeIn()
    await remove('a.txt', false)
    expect(await putAway()).toEqual(['a.txt'])
  })

  it('takes the file, its numbered copies and the one not taken in, and no other', async () => {
    for (const [name, text] of [
      ['report.txt', 'A report of the first year.'],
      ['report_final.txt', 'A report of the last year.'],
      ['report_002.txt', 'A report that is called so by its author.'],
      ['report.md', 'A report in Markdown.'],
    ] as const) {
      await put(name, text)
    }
    await takeIn()
    const away = join(inputDir, '__enqueued__')
    await writeFile(join(away, 'report_001.txt'), 'A former version.')
    await writeFile(join(away, 'report_draft.txt'), 'Nobody took this in.')
    await symlink(away, join(away, 'report_003.txt'))
    await put('report.txt', 'A later version, not taken in.')
    await remove('report.txt', true)
    expect(await putAway()).toEqual([
      'report.md',
      'report_002.txt',
      'report_003.txt',
      'report_draft.txt',
      'report_final.txt',
    ])
    expect(await readdir(inputDir)).not.toContain('report.txt')
  })

  it.each(['../outside.txt', 'below/inside.txt', '.hidden.txt', '__enqueued__'])(
    'touches nothing for the label %s',
    async (label) => {
      await mkdir(join(inputDir, 'below'))
      const paths = [
        join(folder.path, 'outside.txt'),
        join(inputDir, 'below', 'inside.txt'),
        join(inputDir, '.hidden.txt'),
      ]
      for (const path of paths) await writeFile(path, 'Stays.')
      await rag.insertTexts({ texts: ['A text with a label.'], file_sources: [label] })
      await rag.idle()
      await remove(label, true)
      expect(await readdir(folder.path)).toContain('outside.txt')
      expect(await readdir(inputDir)).toContain('.hidden.txt')
      expect(await readdir(join(inputDir, 'below'))).toEqual(['inside.txt'])
    },
  )
})
