import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EngineError } from '../../../../src/engine/ports/engine-error.ts'
import { newDocument } from '../../../stores/samples.ts'
import { openEngine, type TestEngine } from '../../open-engine.ts'

const MANY = 3000
/** More than are taken on at a time. */
const COUNT = 210

describe('an act for several documents', () => {
  let engine: TestEngine
  beforeEach(async () => {
    engine = await openEngine()
  })
  afterEach(() => engine.close())

  const taken = async (count: number, tagOf: (i: number) => string = () => 'all') => {
    await engine.insert({
      texts: Array.from({ length: count }, (_, i) => `Note ${i}.`),
      file_sources: Array.from(
        { length: count },
        (_, i) => `note-${String(i).padStart(4, '0')}.txt`,
      ),
      tags: Array.from({ length: count }, (_, i) => [tagOf(i)]),
    })
  }
  const ids = async (tags?: readonly string[]) => {
    const { documents } = await engine.rag.listDocuments({
      page_size: 200,
      sort_field: 'file_path',
      sort_direction: 'asc',
      tags,
    })
    return documents.map(({ id }) => id)
  }
  const counts = async () => (await engine.rag.statusCounts()).status_counts

  it('tries those again that failed, by a filter, and no other', async () => {
    await taken(6, (i) => (i < 4 ? 'a' : 'b'))
    const all = await ids()
    await engine.rag.resetStatus({ doc_ids: all.slice(0, 5), target_status: 'failed' })
    const result = await engine.rag.retryDocuments({ filter: { tags: ['b'] } })
    expect(result).toMatchObject({ matched: 2, accepted: 1, items_truncated: false })
    expect(result.items).toEqual([
      { id: all[4], result: 'accepted', reason: null },
      { id: all[5], result: 'skipped', reason: 'It is processed.' },
    ])
    await engine.rag.idle()
    expect(await counts()).toMatchObject({ failed: 4, processed: 2 })
  })

  it('queues as many as there are in one call, and tells of the first thousand', async () => {
    const failed = Array.from({ length: MANY }, (_, i) =>
      newDocument(`d${i}`, { failure: 'It cannot be read.' }),
    )
    await engine.store.queue.enqueue(failed, { onConflict: 'keep' })
    expect(await counts()).toMatchObject({ failed: MANY })
    const result = await engine.rag.retryDocuments({ filter: { status_filters: ['failed'] } })
    expect(result).toMatchObject({ matched: MANY, accepted: MANY, items_truncated: true })
    expect(result.items).toHaveLength(1000)
    expect(await counts()).toMatchObject({ failed: 0, all: MANY })
  })

  it('tells what would come of it, and does nothing, when asked so', async () => {
    await taken(3)
    const all = await ids()
    const dry = { filter: { tags: ['all'] }, dry_run: true }
    for (const result of [
      await engine.rag.deleteChosen(dry),
      await engine.rag.changeDocuments({ ...dry, change: { enabled: false } }),
    ]) {
      expect(result).toMatchObject({ matched: 3, accepted: 3, dry_run: true })
    }
    await engine.rag.idle()
    expect(await ids()).toEqual(all)
    const { documents } = await engine.rag.listDocuments({ enabled: false })
    expect(documents).toEqual([])
  })

  it('names what is not there', async () => {
    await taken(1)
    const [id = ''] = await ids()
    const result = await engine.rag.deleteChosen({ doc_ids: [id, 'doc-x', id] })
    expect(result).toMatchObject({ matched: 1, accepted: 1 })
    expect(result.items).toEqual([
      { id, result: 'accepted', reason: null },
      { id: 'doc-x', result: 'not_found', reason: 'There is no such document.' },
    ])
    await engine.rag.idle()
    expect(await ids()).toEqual([])
  })

  it('deletes what a filter leaves, and the rest stays', async () => {
    await taken(COUNT, (i) => (i % 3 === 0 ? 'old' : 'new'))
    const result = await engine.rag.deleteChosen({ filter: { tags: ['old'] } })
    expect(result).toMatchObject({ matched: COUNT / 3, accepted: COUNT / 3 })
    await engine.rag.idle()
    expect(await counts()).toMatchObject({ all: (2 * COUNT) / 3 })
    expect(await ids(['old'])).toEqual([])
  })

  it('changes tags of some documents beside those that they have', async () => {
    await taken(COUNT, (i) => (i % 2 === 0 ? 'even' : 'odd'))
    const change = { add_tags: ['seen'], remove_tags: ['odd'] }
    const result = await engine.rag.changeDocuments({ filter: { q: 'note' }, change })
    expect(result).toMatchObject({ matched: COUNT, accepted: COUNT })
    const { tags } = await engine.rag.facets({})
    expect(tags).toEqual([
      { tag: 'seen', n: COUNT },
      { tag: 'even', n: COUNT / 2 },
    ])
  })

  it('hides documents from the next question on', async () => {
    await engine.insert({ texts: ['Clara Whitfield met Max Power.'], tags: [['a']] })
    const asked = { query: 'Who met Clara Whitfield?' }
    expect((await engine.find(asked)).chunks).toHaveLength(1)
    await engine.rag.changeDocuments({ filter: { tags: ['a'] }, change: { enabled: false } })
    expect((await engine.find(asked)).chunks).toHaveLength(0)
  })

  it('leaves a document that would have too many tags, and says so', async () => {
    await engine.insert({
      texts: ['One.', 'Two.'],
      tags: [Array.from({ length: 64 }, (_, i) => `t${i}`), ['few']],
    })
    const change = { add_tags: ['more'] }
    const result = await engine.rag.changeDocuments({ filter: { q: '.' }, change })
    expect(result).toMatchObject({ matched: 2, accepted: 1 })
    const reasons = result.items.map(({ reason }) => reason)
    expect(reasons.sort()).toEqual(['It would have too many tags.', null])
  })

  it.each([
    ['nothing is named', {}],
    ['both are given', { doc_ids: ['a'], filter: { q: 'a' } }],
    ['the filter leaves out nothing', { filter: {} }],
    ['the filter says nothing', { filter: { q: ' ', tags: [] } }],
  ])('changes and deletes nothing when %s', async (_when, chosen) => {
    await taken(2)
    const before = await ids()
    for (const act of [
      () => engine.rag.deleteChosen(chosen),
      () => engine.rag.changeDocuments({ ...chosen, change: { enabled: false } }),
    ]) {
      const error = await act().catch((failure: unknown) => failure)
      expect(error).toBeInstanceOf(EngineError)
      expect(error).toMatchObject({ code: 'invalid_argument' })
    }
    expect(await ids()).toEqual(before)
  })
})
