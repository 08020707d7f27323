import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PaginatedQuery } from '../../../../src/engine/documents/document-calls.ts'
import { Connection } from '../../../../src/stores/sqlite/database/connection.ts'
import { openEngine, type TestEngine } from '../../open-engine.ts'

const ADA = { id: 'usr_ada', name: 'ada' }
const BOB = { id: 'usr_bob', name: 'bob' }

/** What a document was sent with. */
interface Sent {
  readonly name: string
  readonly text: string
  readonly tags: readonly string[]
  readonly year: number
  readonly author: typeof ADA
}

/** 60 documents, of which each condition holds for others. */
const SENT: readonly Sent[] = Array.from({ length: 60 }, (_, i) => ({
  name: `${i % 3 === 0 ? 'Straße' : 'pump'}-${String(i).padStart(2, '0')}.${i % 2 === 0 ? 'md' : 'txt'}`,
  text: `Note ${i} of the ${i % 5 === 0 ? 'warehouse' : 'harbour'}.`,
  tags: [`t${i % 4}`, 'all'],
  year: 2020 + (i % 6),
  author: i % 2 === 0 ? ADA : BOB,
}))

describe('a filtered list of documents', () => {
  let engine: TestEngine
  beforeEach(async () => {
    engine = await openEngine()
    for (const author of [ADA, BOB]) {
      const own = SENT.filter((sent) => sent.author === author)
      await engine.insert({
        texts: own.map(({ text }) => text),
        file_sources: own.map(({ name }) => name),
        tags: own.map(({ tags }) => tags),
        metadata: own.map(({ year }) => ({ year })),
        author,
      })
    }
  })
  afterEach(() => engine.close())

  const names = async (query: PaginatedQuery) => {
    const { documents } = await engine.rag.listDocuments({
      page_size: 200,
      sort_field: 'file_path',
      sort_direction: 'asc',
      ...query,
    })
    return documents.map(({ file_path }) => file_path)
  }
  const expected = (holds: (sent: Sent) => boolean) =>
    SENT.filter(holds)
      .map(({ name }) => name)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

  it.each<[string, PaginatedQuery, (sent: Sent) => boolean]>([
    ['a word of the name in any case', { q: 'STRASSE' }, ({ name }) => name.startsWith('Straße')],
    ['a word of the summary', { q: 'Warehouse' }, ({ text }) => text.includes('warehouse')],
    ['tags', { tags: ['t1', 't3'] }, ({ tags }) => tags.includes('t1') || tags.includes('t3')],
    ['types', { types: ['.MD'] }, ({ name }) => name.endsWith('.md')],
    ['an owner', { owner: 'usr_bob' }, ({ author }) => author === BOB],
    ['metadata', { metadata: { year: [2021, 2023] } }, ({ year }) => [2021, 2023].includes(year)],
    [
      'all of these',
      { q: 'note', tags: ['t2'], types: ['md'], owner: 'usr_ada', metadata: { year: 2022 } },
      ({ tags, name, author, year }) =>
        tags.includes('t2') && name.endsWith('.md') && author === ADA && year === 2022,
    ],
    ['what nobody has', { tags: ['nothing'] }, () => false],
    ['no condition that says anything', { q: ' ', tags: [], types: null }, () => true],
  ])('holds those with %s, and no other', async (_what, query, holds) => {
    expect(await names(query)).toEqual(expected(holds))
    const { pagination } = await engine.rag.listDocuments({ ...query, page_size: 10 })
    expect(pagination.total_count).toBe(expected(holds).length)
  })

  it('holds what is enabled, or is not', async () => {
    const { documents } = await engine.rag.listDocuments({ page_size: 10 })
    const hidden = documents.slice(0, 2)
    for (const { id } of hidden) await engine.rag.updateDocument(id, { enabled: false })
    expect((await names({ enabled: false })).sort()).toEqual(
      hidden.map(({ file_path }) => file_path).sort(),
    )
    expect(await names({ enabled: true })).toHaveLength(58)
  })

  it('holds what came between two times, both included', async () => {
    const { documents } = await engine.rag.listDocuments({ page_size: 200 })
    const times = documents.map(({ created_at }) => created_at).sort()
    const [first = '', last = ''] = [times[0], times.at(-1)]
    expect(await names({ created_from: first, created_to: last })).toHaveLength(60)
    const from = new Date(Date.parse(last) + 1).toISOString()
    expect(await names({ created_from: from })).toEqual([])
    await expect(names({ created_from: 'yesterday' })).rejects.toMatchObject({
      code: 'invalid_argument',
    })
  })

  it.each(['created_at', 'updated_at', 'id', 'file_path'] as const)(
    'by %s comes page by page, by numbers as by cursors, each document once',
    async (sort_field) => {
      for (const sort_direction of ['asc', 'desc'] as const) {
        const query = { tags: ['t0', 't1', 't2'], sort_field, sort_direction, page_size: 10 }
        const whole = await engine.rag.listDocuments({ ...query, page_size: 200 })
        const ids = whole.documents.map(({ id }) => id)
        expect(ids).toHaveLength(45)
        const byCursor: string[] = []
        let cursor: string | null = null
        do {
          const page: typeof whole = await engine.rag.listDocuments({ ...query, cursor })
          byCursor.push(...page.documents.map(({ id }) => id))
          expect(page.pagination.total_count).toBe(45)
          cursor = page.next_cursor
        } while (cursor !== null)
        expect(byCursor).toEqual(ids)
        const third = await engine.rag.listDocuments({ ...query, page: 3 })
        expect(third.documents.map(({ id }) => id)).toEqual(ids.slice(20, 30))
      }
    },
  )

  it('says how each condition was understood', async () => {
    const { applied } = await engine.rag.listDocuments({
      q: 'Note',
      types: ['.MD'],
      owner: 'usr_ada',
      created_from: '2026-01-31T10:00:00+01:00',
      metadata: { year: 2022 },
    })
    expect(applied).toMatchObject({
      q: 'Note',
      tags: null,
      types: ['md'],
      enabled: null,
      owner: 'usr_ada',
      created_from: '2026-01-31T09:00:00.000Z',
      created_to: null,
      metadata: { year: [2022] },
    })
  })

  it('refuses a cursor of another filter', async () => {
    const { next_cursor } = await engine.rag.listDocuments({ tags: ['all'], page_size: 10 })
    expect(next_cursor).not.toBeNull()
    await expect(
      engine.rag.listDocuments({ tags: ['t1'], page_size: 10, cursor: next_cursor }),
    ).rejects.toMatchObject({ code: 'invalid_argument' })
  })

  it('is counted by what it could be cut to', async () => {
    const facets = await engine.rag.facets({ owner: 'usr_ada' })
    expect(facets).toMatchObject({
      total_count: 30,
      status: { processed: 30, failed: 0 },
      types: [{ type: 'md', n: 30 }],
      owners: [{ owner: 'usr_ada', name: 'ada', n: 30 }],
    })
    const { tags } = await engine.rag.facets({})
    expect(tags).toEqual([
      { tag: 'all', n: 60 },
      ...['t0', 't1', 't2', 't3'].map((tag) => ({ tag, n: 15 })),
    ])
    expect((await engine.rag.facets({ status_filters: ['failed'] })).total_count).toBe(0)
  })

  it('is walked along an index, and sorts nothing', async () => {
    const asked = new Set<string>()
    const rows = vi.spyOn(Connection.prototype, 'rows')
    const filter = { q: 'x', owner: 'y', enabled: true, created_from: '2026-01-01' } as const
    for (const sort_field of ['created_at', 'updated_at', 'id', 'file_path'] as const) {
      for (const sort_direction of ['asc', 'desc'] as const) {
        await engine.rag.listDocuments({ sort_field, sort_direction, tags: ['all'], page_size: 10 })
        const order = { sort_field, sort_direction, status_filters: ['processed'] } as const
        await engine.rag.listDocuments({ ...filter, ...order })
      }
    }
    await engine.rag.facets({ ...filter, status_filters: ['processed'] })
    for (const [sql] of rows.mock.calls) if (sql.includes('FROM documents')) asked.add(sql)
    rows.mockRestore()
    expect(asked.size).toBeGreaterThan(8)
    const { default: Database } = await import('better-sqlite3')
    const database = new Database(`${engine.dir}/rag.db`, { readonly: true })
    const plans = [...asked].flatMap((sql) =>
      database
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql.replaceAll('?', 'NULL')}`)
        .all()
        .map(({ detail }) => detail),
    )
    database.close()
    expect(plans.filter((detail) => detail.includes('TEMP B-TREE'))).toEqual([])
  })
})
