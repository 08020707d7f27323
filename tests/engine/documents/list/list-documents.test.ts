import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PaginatedQuery } from '../../../../src/engine/documents/document-calls.ts'
import { LightRag } from '../../../../src/engine/light-rag.ts'
import { tokenCount } from '../../../../src/engine/text/tokenizer.ts'
import { offlineModels } from '../../../../src/models/offline/offline-models.ts'
import { openSqliteStore } from '../../../../src/stores/sqlite/sqlite-store.ts'
import { filesIn } from '../../../../src/workspaces/folder/files-in.ts'
import { tempFolder } from '../../../server/temp-folder.ts'

describe('a list of documents', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let rag: LightRag
  beforeEach(async () => {
    folder = await tempFolder()
    const models = offlineModels(tokenCount)
    const store = await openSqliteStore({ dir: folder.path, embedding: models.embedding })
    rag = await LightRag.open({ store, models, files: filesIn(join(folder.path, 'inputs')) })
  })
  afterEach(async () => {
    await rag.close()
    await folder.remove()
  })

  const add = (names: readonly string[]) =>
    rag.insertTexts({ texts: names.map((name) => `Text of ${name}.`), file_sources: names })
  const numbered = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(2, '0')}.txt`)

  /** Every page of a list by its cursors, with `between` done after each. */
  const walk = async (query: PaginatedQuery, between = async (_page: number) => {}) => {
    const seen: string[] = []
    let cursor: string | null = null
    for (let page = 0; page === 0 || cursor !== null; page++) {
      const reply: Awaited<ReturnType<LightRag['listDocuments']>> = await rag.listDocuments({
        page_size: 10,
        cursor,
        ...query,
      })
      seen.push(...reply.documents.map(({ file_path }) => file_path))
      expect(reply.pagination.has_next).toBe(reply.next_cursor !== null)
      cursor = reply.next_cursor
      await between(page)
    }
    return seen
  }

  it.each(['created_at', 'id', 'file_path'] as const)(
    'by %s shows each document once, in one order, by cursors as by pages',
    async (sort_field) => {
      await add(numbered('a', 25))
      for (const sort_direction of ['asc', 'desc'] as const) {
        const byCursor = await walk({ sort_field, sort_direction })
        const whole = await rag.listDocuments({ sort_field, sort_direction, page_size: 200 })
        expect(byCursor).toEqual(whole.documents.map(({ file_path }) => file_path))
        expect(new Set(byCursor).size).toBe(25)
      }
    },
  )

  it('loses and repeats nothing while documents come and go', async () => {
    await add(numbered('m', 30))
    await rag.idle()
    const seen = await walk({ sort_field: 'file_path', sort_direction: 'asc' }, async (page) => {
      await add([`a${page}.txt`, `z${page}.txt`])
      if (page > 0) return
      const { documents } = await rag.listDocuments({ page_size: 200 })
      const gone = documents.filter(({ file_path }) => file_path === 'm05.txt')
      await rag.idle()
      await rag.deleteDocuments({ doc_ids: gone.map(({ id }) => id) })
      await rag.idle()
    })
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.filter((name) => name.startsWith('m'))).toEqual(numbered('m', 30))
    expect(seen.filter((name) => name.startsWith('a'))).toEqual([])
  })

  it('tells by what it was made', async () => {
    await add(['a.txt'])
    await rag.idle()
    expect((await rag.listDocuments({})).applied).toMatchObject({
      status_filters: null,
      sort_field: 'updated_at',
      sort_direction: 'desc',
    })
    const { applied } = await rag.listDocuments({
      status_filter: 'failed',
      sort_field: 'id',
      sort_direction: 'asc',
    })
    expect(Object.values(applied).filter((value) => value !== null)).toHaveLength(3)
    expect(applied).toMatchObject({
      status_filters: ['failed'],
      sort_field: 'id',
      sort_direction: 'asc',
    })
  })

  it('refuses a cursor that is none, or that belongs to another list', async () => {
    await add(numbered('a', 12))
    const { next_cursor } = await rag.listDocuments({ page_size: 10, sort_field: 'id' })
    expect(next_cursor).not.toBeNull()
    const forged = Buffer.from('["id desc",{"a":1},null]').toString('base64url')
    for (const cursor of ['x', '%', 'W10', 'bnVsbA', forged]) {
      await expect(rag.listDocuments({ cursor, sort_field: 'id' })).rejects.toMatchObject({
        code: 'invalid_argument',
      })
    }
    for (const other of [
      { sort_field: 'file_path' },
      { sort_direction: 'asc' },
      { status_filter: 'failed' },
    ] as const) {
      await expect(
        rag.listDocuments({ cursor: next_cursor, sort_field: 'id', ...other }),
      ).rejects.toThrow(/another order/)
    }
  })
})
