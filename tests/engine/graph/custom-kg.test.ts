import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CustomKg } from '../../../src/engine/graph/graph-calls.ts'
import { GraphEngine } from '../graph-engine.ts'

let engine: GraphEngine
beforeEach(async () => {
  engine = await GraphEngine.start()
})
afterEach(() => engine.stop())

async function insert(kg: CustomKg) {
  const reply = await engine.rag.insertCustomKg(kg)
  await engine.rag.idle()
  return reply
}

const MILL: CustomKg = {
  chunks: [
    { content: 'The mill grinds & sells flour.', source_id: 'second', chunk_order_index: 1 },
    { content: 'Nora runs the mill.', source_id: 'first', chunk_order_index: 0 },
  ],
  entities: [
    { entity_name: 'Nora', entity_type: 'person', description: 'a miller', source_id: 'first' },
    { entity_name: 'Mill', entity_type: 'place', description: 'by the river', source_id: 'second' },
  ],
  relationships: [
    {
      src_id: 'Nora',
      tgt_id: 'Mill',
      description: 'runs it',
      keywords: 'work, flour',
      weight: 3,
      source_id: 'first',
    },
    { src_id: 'Mill', tgt_id: 'River', description: 'lies at it', source_id: 'second' },
  ],
  file_path: 'mill.json',
  external_id: 'mill-1',
}

describe('a custom graph', () => {
  it('becomes one document whose passages are its chunks, in their order', async () => {
    expect(await insert(MILL)).toMatchObject({ status: 'success' })
    const document = await engine.store.documents.byPath('mill.json')
    expect(document).toMatchObject({ status: 'processed', chunksCount: 2 })
    const text = (await engine.store.documents.text(document?.id ?? '')) ?? ''
    expect(text).toBe('Nora runs the mill.\n\nThe mill grinds & sells flour.')
    const hits = await engine.store.searches.matchChunks('mill', 9)
    const chunks = await engine.store.searches.chunks(hits.map(({ key }) => key))
    expect(chunks.map((chunk) => text.slice(chunk.start, chunk.end)).sort()).toEqual(
      chunks.map((chunk) => chunk.content).sort(),
    )
    expect(chunks).toHaveLength(2)
  })

  it('says what it was told, and embeds it', async () => {
    await insert(MILL)
    expect(await engine.entity('Nora')).toMatchObject({ type: 'person', description: 'a miller' })
    // Known elsewhere in the graph, an end gets no description from the relation.
    expect(await engine.entity('Mill')).toMatchObject({
      type: 'place',
      description: 'by the river',
    })
    expect(await engine.relation('Nora', 'Mill')).toMatchObject({
      keywords: 'flour,work',
      description: 'runs it',
      weight: 3,
      filePaths: ['mill.json'],
    })
    expect((await engine.relation('Nora', 'Mill'))?.sourceIds).toHaveLength(1)
    expect(await engine.badVectors()).toEqual([])
  })

  it('makes entities of ends that it does not tell of', async () => {
    await insert(MILL)
    expect(await engine.entity('River')).toMatchObject({
      type: 'unknown',
      description: 'lies at it',
      degree: 1,
    })
    const vectors = await engine.store.searches.nearestEntities(
      (
        await engine.models.embedding.embed(['River\nlies at it'], {
          lane: 'query',
          kind: 'query',
        })
      )[0] ?? new Float32Array(),
      3,
    )
    expect(vectors).toHaveLength(3)
  })

  it('writes out what names no chunk, so that it is found and cited', async () => {
    await insert({
      entities: [{ entity_name: 'Nora', entity_type: 'person', description: 'a\nmiller' }],
      relationships: [{ src_id: 'Nora', tgt_id: 'Mill', keywords: 'work', source_id: 'nowhere' }],
    })
    const [hit] = await engine.store.searches.matchChunks('miller', 9)
    const [chunk] = await engine.store.searches.chunks(hit ? [hit.key] : [])
    expect(chunk?.content).toBe('Nora (person): a miller\nNora - Mill: work')
    expect(chunk?.filePath).toMatch(/^custom_kg_[0-9a-f]{8}$/)
    expect((await engine.entity('Nora'))?.sourceIds).toEqual([chunk?.id])
  })

  it('cuts what it writes out at the size of chunks', async () => {
    const entities = Array.from({ length: 400 }, (_, i) => ({
      entity_name: `Entity number ${i}`,
      description: 'one of many that say very little about themselves',
    }))
    await insert({ entities, file_path: 'many' })
    const document = await engine.store.documents.byPath('many')
    expect(document?.chunksCount).toBeGreaterThan(3)
    expect(await engine.store.counts()).toMatchObject({ entities: 400 })
    const hits = await engine.store.searches.matchChunks('entity', 99)
    const chunks = await engine.store.searches.chunks(hits.map(({ key }) => key))
    expect(Math.max(...chunks.map((chunk) => chunk.tokens))).toBeLessThanOrEqual(1200)
  })

  it('adds to what is known rather than overwriting it', async () => {
    await engine.insert('a', 'Nora|person|born in May', 'Nora~Mill|work|met there|2')
    await insert(MILL)
    expect((await engine.entity('Nora'))?.description.split('<SEP>').sort()).toEqual([
      'a miller',
      'born in May',
    ])
    expect((await engine.relation('Nora', 'Mill'))?.weight).toBe(5)
  })

  it('goes with its document, and leaves nothing', async () => {
    await engine.insert('a', 'Nora|person|born in May')
    const before = await engine.graph()
    await insert(MILL)
    await engine.rag.entityEdit({
      entity_name: 'River',
      updated_data: { entity_name: 'Stream' },
      allow_rename: true,
    })
    await engine.restart()
    await engine.remove('mill.json')
    expect(await engine.graph()).toEqual(before)
    expect(await engine.store.counts()).toMatchObject({ documents: 1, chunks: 1 })
  })

  it('is processed again from what was given, not from its text', async () => {
    await insert(MILL)
    const before = await engine.graph()
    const document = await engine.store.documents.byPath('mill.json')
    expect(await engine.store.queue.requeueProcessed(document?.id ?? '')).toBe(true)
    await engine.rag.reprocessFailed()
    await engine.rag.idle()
    expect(await engine.graph()).toEqual(before)
    expect(before.relations).toHaveLength(2)
  })

  it('is known by its content, its label and its id; replaced when that is wanted', async () => {
    await insert(MILL)
    expect(await insert(MILL)).toMatchObject({ status: 'duplicated' })
    const next: CustomKg = {
      entities: [{ entity_name: 'Nora', description: 'retired' }],
      external_id: 'mill-1',
    }
    expect(await insert(next)).toMatchObject({ status: 'duplicated' })
    expect(await insert({ ...next, on_conflict: 'replace' })).toMatchObject({ status: 'success' })
    expect((await engine.entities()).map(({ name }) => name)).toEqual(['Nora'])
    expect(await engine.store.counts()).toMatchObject({ documents: 1, chunks: 1 })
  })

  it.each<[string, CustomKg]>([
    ['nothing', {}],
    ['a blank chunk', { chunks: [{ content: ' \u0001 ' }] }],
    ['a blank name', { entities: [{ entity_name: ' ' }] }],
    ['a relation of one entity', { relationships: [{ src_id: 'A', tgt_id: ' A' }] }],
    [
      'an endless weight',
      { relationships: [{ src_id: 'A', tgt_id: 'B', weight: Number.POSITIVE_INFINITY }] },
    ],
  ])('refuses %s', async (_what, kg) => {
    await expect(engine.rag.insertCustomKg(kg)).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(await engine.store.counts()).toMatchObject({ documents: 0 })
  })
})
