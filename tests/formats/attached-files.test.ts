import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { LightRag } from '../../src/engine/light-rag.ts'
import { tokenCount } from '../../src/engine/text/tokenizer.ts'
import { FileReaders } from '../../src/formats/reader/file-readers.ts'
import { offlineModels } from '../../src/models/offline/offline-models.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../src/workspaces/folder/files-in.ts'

let folder: string
let readers: FileReaders
let rag: LightRag
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attached-'))
  readers = new FileReaders()
  const models = offlineModels(tokenCount)
  rag = await LightRag.open({
    store: await openSqliteStore({ dir: folder, embedding: models.embedding }),
    models,
    files: filesIn(join(folder, 'inputs')),
    fileReader: readers.of('space'),
  })
})
afterEach(async () => {
  await rag.close()
  await readers.close()
  await rm(folder, { recursive: true })
})

async function insert(file_name: string, text: string, more = {}) {
  async function* content() {
    yield Buffer.from(text)
  }
  const reply = await rag.insertFile({ file_name, on_conflict: 'replace', ...more }, content())
  await rag.idle()
  return reply
}

async function documents() {
  const page = await rag.listDocuments({
    sort_field: 'file_path',
    sort_direction: 'asc',
    page_size: 200,
  })
  return page.documents
}

const outcomes = async () =>
  (await documents()).map((one) => [one.file_path, one.error_msg ?? one.status])

/** @param files names and contents of what comes with it */
function mail(files: Readonly<Record<string, string>>, words = 'See below.'): string {
  const parts = Object.entries(files).map(
    ([name, text]) =>
      `--b\nContent-Type: application/x; name="${name}"\nContent-Transfer-Encoding: base64\n\n${Buffer.from(text).toString('base64')}\n`,
  )
  return `From: a@b.c\nSubject: The pumps\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n${words}\n${parts.join('')}--b--\n`
}

it('of a mail are documents of their own, with its tags, and found by their words', async () => {
  await insert(
    'offer.eml',
    mail({ 'list.csv': 'Item,Price\nZephyr,12\n', 'logo.exe': 'MZ', notes: 'Plain words.' }),
    {
      tags: ['secret'],
      metadata: { source: 'post' },
    },
  )
  expect(await outcomes()).toEqual([
    ['offer.eml', 'processed'],
    ['offer.eml - list.csv', 'processed'],
    ['offer.eml - notes', 'processed'],
  ])
  const [, list] = await documents()
  const [own] = await documents()
  expect(list?.metadata).toMatchObject({ attached_to: own?.id, source: 'post' })
  const found = await rag.queryData({ query: 'Zephyr', filters: { tags: ['secret'] } })
  expect(JSON.stringify(found.data)).toContain('offer.eml - list.csv')
})

it('come once, and anew with a newer mail', async () => {
  const first = mail({ 'a.txt': 'First words.', 'b.txt': 'Same words.' })
  await insert('m.eml', first)
  const ids = (await documents()).map(({ id }) => id)
  await insert('m.eml', mail({ 'a.txt': 'Newer words.', 'b.txt': 'Same words.' }, 'Newer.'))
  expect((await documents()).map(({ id }) => id)).toEqual(ids)
  const summaries = (await documents()).map((one) => one.content_summary)
  expect(summaries[1]).toBe('Newer words.')
  expect(summaries[2]).toBe('Same words.')
})

it('take no place of a document of somebody else', async () => {
  await insert('m.eml - a.txt', 'It was here before.')
  await insert('m.eml', mail({ 'a.txt': 'Words of the mail.' }))
  const [, , ...rest] = await documents()
  expect(rest).toEqual([])
  const summaries = (await documents()).map((one) => one.content_summary)
  expect(summaries).toContain('It was here before.')
})

it('of mails in mails are so many at most, whatever these bring along', async () => {
  const files = (prefix: string, count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, i) => [`${prefix}${i}.txt`, `Words ${prefix} ${i}.`]),
    )
  const inner = (n: number) => mail(files(`in${n}-`, 30))
  const outer = mail({ 'one.eml': inner(1), 'two.eml': inner(2), 'three.eml': inner(3) })
  await insert('m.eml', outer)
  const all = await documents()
  expect(all.length).toBeGreaterThan(10)
  expect(all.length).toBeLessThanOrEqual(1 + 50)
})
