import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LightRag } from '../../../src/engine/light-rag.ts'
import { ModelUnavailable } from '../../../src/engine/ports/engine-error.ts'
import type { Models } from '../../../src/engine/ports/models.ts'
import { tokenCount } from '../../../src/engine/text/tokenizer.ts'
import { FileReaders } from '../../../src/formats/reader/file-readers.ts'
import { offlineModels } from '../../../src/models/offline/offline-models.ts'
import { MIGRATIONS } from '../../../src/stores/sqlite/database/schema.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../../src/workspaces/folder/files-in.ts'
import { docx, pptx, textCell, wordParagraph, xlsx } from '../sample-files.ts'
import { pdf } from '../sample-pdf.ts'

const filler = (about: string) =>
  Array.from({ length: 30 }, (_, i) => `Line ${i} of the chapter about ${about} says little.`)

const REPORT = pdf([
  { lines: [...filler('valves'), 'The Zephyr valve opens at 4 bar.'], bookmark: 'Valves' },
  { lines: [...filler('motors'), 'The Quasar motor turns 900 times.'], bookmark: 'Motors' },
])

const HANDBOOK = docx(
  wordParagraph('Handbook', 'berschrift1') +
    filler('travel')
      .map((line) => wordParagraph(line))
      .join('') +
    wordParagraph('Refunds', 'berschrift2') +
    wordParagraph('Mimosa vouchers are refunded within nine days.') +
    filler('money')
      .map((line) => wordParagraph(line))
      .join(''),
)

const TALK = pptx([
  ['Hello', 'a', 'b'],
  ['Prices', 'The Gizmo costs ten.', 'c'],
])

const BOOK = xlsx({
  prices: [[textCell('The Azalea lamp costs nine.')]],
  stock: [[textCell('Of the Begonia lamp there are two.')]],
})

let folder: string
let readers: FileReaders
let rag: LightRag
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cited-'))
  readers = new FileReaders()
})
afterEach(async () => {
  await rag.close()
  await readers.close()
  await rm(folder, { recursive: true })
})

async function open(change: (models: Models) => Models = (models) => models) {
  const models = offlineModels(tokenCount)
  const store = await openSqliteStore({ dir: folder, embedding: models.embedding })
  rag = await LightRag.open({
    store,
    models: change(models),
    settings: { chunkSize: 120, chunkOverlapSize: 10 },
    files: filesIn(join(folder, 'inputs')),
    fileReader: readers.of('space'),
  })
}

async function insert(file_name: string, bytes: Buffer) {
  async function* content() {
    yield bytes
  }
  await rag.insertFile({ file_name, on_conflict: 'keep' }, content())
}

/** The citation of the passage that says this. */
async function citationOf(words: string) {
  const { data } = await rag.queryData({ query: words, mode: 'naive', chunk_top_k: 3 })
  const chunk = data.chunks.find(({ content }) => content.includes(words))
  const citations = data.references.flatMap((reference) =>
    reference.citations.map((citation) => ({ file_path: reference.file_path, ...citation })),
  )
  return citations.find(({ chunk_id }) => chunk_id === chunk?.chunk_id)
}

describe('an uploaded file', () => {
  it('is cited by its page and the headings above', async () => {
    await open()
    await insert('report.pdf', REPORT)
    await insert('talk.pptx', TALK)
    await insert('handbook.docx', HANDBOOK)
    await insert('book.xlsx', BOOK)
    await rag.idle()
    expect(await citationOf('The Quasar motor turns 900 times.')).toMatchObject({
      file_path: 'report.pdf',
      page: 2,
      headings: expect.arrayContaining(['Motors']),
    })
    expect(await citationOf('The Zephyr valve opens at 4 bar.')).toMatchObject({ page: 1 })
    expect(await citationOf('The Gizmo costs ten.')).toMatchObject({
      file_path: 'talk.pptx',
      page: 2,
      end_page: 2,
      headings: expect.arrayContaining(['Prices']),
    })
    expect(await citationOf('Mimosa vouchers are refunded')).toMatchObject({
      file_path: 'handbook.docx',
      page: null,
      end_page: null,
      headings: ['Handbook', 'Refunds'],
    })
    expect(await citationOf('Of the Begonia lamp there are two.')).toMatchObject({
      file_path: 'book.xlsx',
      page: 2,
      end_page: 2,
      headings: ['prices', 'stock'],
    })
  })

  it('of an earlier version is cited so too once the workspace is open, and asks no model', async () => {
    await open()
    await insert('talk.pptx', TALK)
    await insert('handbook.docx', HANDBOOK)
    await insert('book.xlsx', BOOK)
    await insert(
      'lost.docx',
      docx(
        wordParagraph('Cards', 'berschrift1') +
          wordParagraph('Each is blue.') +
          wordParagraph('Loss', 'berschrift2') +
          wordParagraph('Lobelia cards are replaced.'),
      ),
    )
    await rag.idle()
    await rag.close()
    const database = new Database(join(folder, 'rag.db'))
    database.exec(`UPDATE chunk_texts SET outline = NULL WHERE content NOT LIKE '%lamp%';
      UPDATE chunk_texts SET outline = '' WHERE outline IS NOT NULL;
      UPDATE chunks SET page = NULL`)
    // Workbooks had outlines before their sheets were pages.
    database.exec(MIGRATIONS.find((sql) => sql.includes('.xlsx')) ?? 'none')
    const lost = database
      .prepare("SELECT stored_file FROM documents WHERE file_path = 'lost.docx'")
      .pluck()
      .get()
    database.close()
    await filesIn(join(folder, 'inputs')).uploads.remove(String(lost))
    let asked = 0
    await open((models) => ({
      ...models,
      extractor: {
        ...models.extractor,
        extract: async () => Promise.reject(new Error(`${++asked}`)),
      },
    }))
    await rag.idle()
    expect(asked).toBe(0)
    expect(await citationOf('The Gizmo costs ten.')).toMatchObject({ page: 2 })
    expect(await citationOf('The Azalea lamp costs nine.')).toMatchObject({ page: 1 })
    expect(await citationOf('Of the Begonia lamp there are two.')).toMatchObject({
      page: 2,
      headings: ['prices', 'stock'],
    })
    expect(await citationOf('Mimosa vouchers are refunded')).toMatchObject({
      headings: ['Handbook', 'Refunds'],
    })
    expect(await citationOf('Lobelia cards are replaced.')).toMatchObject({
      file_path: 'lost.docx',
      headings: ['Cards'],
    })
    await rag.close()
    await open()
    expect((await rag.pipelineStatus()).busy).toBe(false)
  })

  it('keeps its pages when the first attempt is interrupted', async () => {
    let outages = 1
    await open((models) => ({
      ...models,
      extractor: {
        ...models.extractor,
        extract: (...call) => {
          if (outages-- > 0) throw new ModelUnavailable('out', { retryAfterSeconds: 0 })
          return models.extractor.extract(...call)
        },
      },
    }))
    await insert('report.pdf', REPORT)
    await rag.idle()
    expect(outages).toBeLessThan(0)
    expect(await citationOf('The Quasar motor turns 900 times.')).toMatchObject({ page: 2 })
  })

  it('that is damaged fails with a sentence, alone', async () => {
    await open()
    await insert('half.pdf', REPORT.subarray(0, 800))
    await insert('empty.docx', docx(''))
    await insert('report.pdf', REPORT)
    await rag.idle()
    const { documents } = await rag.listDocuments({})
    const found = documents.map(({ file_path, status, error_msg }) => [
      file_path,
      status,
      error_msg,
    ])
    expect(found.sort()).toEqual([
      ['empty.docx', 'failed', 'The file holds no text.'],
      ['half.pdf', 'failed', 'The PDF is cut short: its end is missing.'],
      ['report.pdf', 'processed', null],
    ])
  })

  it('of an unknown kind is refused at once', async () => {
    await open()
    await expect(insert('a.exe', REPORT)).rejects.toMatchObject({ code: 'unsupported_file_type' })
  })
})
