import { afterEach, describe, expect, it } from 'vitest'
import { EngineError } from '../../../src/engine/ports/engine-error.ts'
import type { Extractor } from '../../../src/engine/ports/models.ts'
import type { Store } from '../../../src/engine/ports/store.ts'
import { openOffline } from '../../stores/sound-workspace.ts'
import { openEngine, type TestEngine } from '../open-engine.ts'
import { withParts } from '../with-parts.ts'

let engine: TestEngine
afterEach(() => engine.close())

/** Never answers for texts with "slow" in them, until the call is ended. */
function patientExtractor() {
  const begun: string[] = []
  const ended: string[] = []
  const extractor: Extractor = {
    id: 'patient',
    extract: ({ text }, { signal }) => {
      const nothing = { entities: [], relations: [] }
      if (!text.includes('slow')) return Promise.resolve(nothing)
      begun.push(text)
      return new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          ended.push(text)
          reject(signal.reason)
        })
      })
    },
  }
  return { extractor, begun, ended }
}

/** A store that cannot clear anything while it is out. */
function withClearingOut(isOut: () => boolean) {
  return (store: Store) => {
    const clear = async () => {
      if (isOut()) throw new EngineError('store_unavailable', 'full')
      return store.graph.clear()
    }
    return withParts(store, { graph: { ...store.graph, clear } })
  }
}

async function ids(): Promise<Map<string, string>> {
  const { documents } = await engine.rag.listDocuments({})
  return new Map(documents.map(({ id, file_path }) => [file_path, id]))
}

const names = async () => [...(await ids()).keys()].sort()

describe('a deletion', () => {
  it('ends the work on the document, and goes on beside the work on others', async () => {
    const { extractor, begun, ended } = patientExtractor()
    engine = await openEngine({ extractor })
    await engine.rag.insertTexts({
      texts: ['slow one.', 'slow two.', 'quick.'],
      file_sources: ['one', 'two', 'quick'],
    })
    await expect.poll(() => begun.length).toBe(2)
    const doc_ids = [(await ids()).get('one') ?? '']
    expect(await engine.rag.deleteDocuments({ doc_ids })).toEqual({
      status: 'deletion_started',
      message: 'Deletion of 1 document(s) goes on in the background.',
      doc_id: doc_ids[0],
      taken: doc_ids,
      not_found: [],
    })
    await expect.poll(names).toEqual(['quick', 'two'])
    expect(ended).toEqual(['slow one.'])
    // Its worker has gone on with what was waiting.
    await expect
      .poll(async () => (await engine.rag.statusCounts()).status_counts)
      .toMatchObject({ processed: 1, processing: 1 })
  })

  it('is taken by external ids and file paths too, each document once', async () => {
    engine = await openEngine()
    await engine.insert({
      texts: ['Ada is here.', 'Bob is here.', 'Cid is here.', 'Dan is here.'],
      file_sources: ['a', 'b', 'c', 'd'],
      external_ids: ['x-a', 'x-b', null, null],
    })
    const known = await ids()
    const reply = await engine.rag.deleteDocuments({
      doc_ids: [known.get('a') ?? '', 'doc-unknown'],
      external_ids: ['x-a', 'x-b', 'x-unknown'],
      file_paths: ['c', 'e'],
    })
    expect(reply).toMatchObject({
      status: 'deletion_started',
      taken: [known.get('a'), known.get('b'), known.get('c')],
      not_found: ['doc-unknown', 'x-unknown', 'e'],
    })
    await engine.rag.idle()
    expect(await names()).toEqual(['d'])
  })

  it('names something', async () => {
    engine = await openEngine()
    const nothing = { code: 'invalid_argument' }
    await expect(engine.rag.deleteDocuments({})).rejects.toMatchObject(nothing)
    await expect(
      engine.rag.deleteDocuments({ doc_ids: [], external_ids: [], file_paths: [] }),
    ).rejects.toMatchObject(nothing)
  })

  it('that fails is tried again, and holds up none of the others', async () => {
    let failures = 1
    engine = await openEngine(
      {},
      {},
      {
        around: (store: Store) =>
          withParts(store, {
            graph: {
              ...store.graph,
              footprint: async (documentIds) => {
                if (failures-- > 0) throw new Error('broken once')
                return store.graph.footprint(documentIds)
              },
            },
          }),
      },
    )
    failures = 0
    await engine.insert({ texts: ['Ada is here.', 'Bob is here.'], file_sources: ['a', 'b'] })
    failures = 1
    const known = await ids()
    await engine.rag.deleteDocuments({ doc_ids: [known.get('a') ?? '', known.get('b') ?? ''] })
    await expect.poll(names).toEqual(['a'])
    await expect.poll(names).toEqual([])
  })
})

describe('clearing', () => {
  it('is taken while documents are processed, and ends the work on them', async () => {
    const { extractor, begun, ended } = patientExtractor()
    engine = await openEngine({ extractor })
    await engine.rag.insertTexts({
      texts: ['slow one.', 'slow two.', 'slow three.'],
      file_sources: ['one', 'two', 'three'],
    })
    await expect.poll(() => begun.length).toBe(2)
    expect(await engine.rag.clearDocuments()).toMatchObject({ status: 'success' })
    expect(await names()).toEqual([])
    await engine.rag.idle()
    expect(ended.sort()).toEqual(['slow one.', 'slow two.'])
    await engine.insert({ texts: ['quick.'], file_sources: ['quick'] })
    expect(await names()).toEqual(['quick'])
  })

  it('that the storage does not take now is kept before anything new is taken in', async () => {
    let isOut = false
    engine = await openEngine({}, {}, { around: withClearingOut(() => isOut) })
    await engine.insert({ texts: ['Ada is here.'], file_sources: ['a'] })
    isOut = true
    expect(await engine.rag.clearDocuments()).toMatchObject({ status: 'partial_success' })
    const later = { texts: ['Bob is here.'], file_sources: ['b'] }
    await expect(engine.rag.insertTexts(later)).rejects.toMatchObject({ code: 'store_unavailable' })
    isOut = false
    await engine.insert(later)
    expect(await names()).toEqual(['b'])
  })

  it('that the storage never took is done at the next start', async () => {
    engine = await openEngine({}, {}, { around: withClearingOut(() => true) })
    await engine.insert({ texts: ['Ada is here.'], file_sources: ['a'] })
    expect(await engine.rag.clearDocuments()).toMatchObject({ status: 'partial_success' })
    expect(await names()).toEqual(['a'])
    await engine.rag.close()
    const next = await openOffline(engine)
    expect((await next.listDocuments({})).documents).toEqual([])
    await next.close()
  })
})
