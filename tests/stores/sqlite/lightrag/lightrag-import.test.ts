import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { LightRag } from '../../../../src/engine/light-rag.ts'
import type { EmbeddingModel, Models } from '../../../../src/engine/ports/models.ts'
import type { Store } from '../../../../src/engine/ports/store.ts'
import { QUERY_MODES } from '../../../../src/engine/retrieve/query-calls.ts'
import { planImport } from '../../../../src/stores/sqlite/lightrag/plan-import.ts'
import { shareOut } from '../../../../src/stores/sqlite/lightrag/share-out.ts'
import { readWorkingFolder } from '../../../../src/stores/sqlite/lightrag/working-folder.ts'
import { writeImport } from '../../../../src/stores/sqlite/lightrag/write-import.ts'
import { openSqliteStore } from '../../../../src/stores/sqlite/sqlite-store.ts'
import { verifyWorkspace } from '../../../../src/stores/sqlite/verify/verify-workspace.ts'
import { filesIn } from '../../../../src/workspaces/folder/files-in.ts'
import { COUNTRIES } from '../../../fixtures/lightrag/harbour-documents.ts'
import {
  type LightRagFolder,
  writeLightRagFolder,
} from '../../../fixtures/lightrag/lightrag-folder.ts'
import { OFFLINE } from '../../sound-workspace.ts'

const EMBEDDING = { id: 'hashed:64', dimension: 64 }

/** Whoever calls it has called a model. */
const forbidden = () => {
  throw new Error('a model was called')
}
const NO_MODELS: Models = {
  extractor: { id: 'none', extract: forbidden },
  keywords: { id: 'none', find: forbidden },
  summarizer: { id: 'none', summarize: forbidden },
  answerer: { id: 'none', prompt: forbidden, answer: forbidden },
  embedding: { ...EMBEDDING, embed: forbidden },
}

describe('a working folder of Python LightRAG', () => {
  let root: string
  let folder: string
  let dir: string
  let written: LightRagFolder
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'lightrag-'))
    onTestFinished(() => rm(root, { recursive: true, force: true }))
    folder = join(root, 'folder')
    dir = join(root, 'workspace')
    written = await writeLightRagFolder(folder)
  })
  const plan = async () => planImport(await readWorkingFolder(folder))
  const bringIn = async () => {
    const planned = await plan()
    await rm(dir, { recursive: true, force: true })
    await mkdir(dir)
    await writeImport(dir, planned, EMBEDDING)
    return planned
  }
  const open = () => openSqliteStore({ dir, embedding: EMBEDDING })
  const engine = async (models: Models) =>
    LightRag.open({ store: await open(), models, files: filesIn(join(root, 'inputs')) })
  const edit = async (
    name: string,
    change: (records: Record<string, Record<string, unknown>>) => void,
  ) => {
    const path = join(folder, name)
    const records = JSON.parse(await readFile(path, 'utf8'))
    change(records)
    await writeFile(path, JSON.stringify(records))
  }

  const firstDocument = () => {
    const [document] = written.documents
    if (document === undefined) throw new Error('no document was written')
    return document
  }
  const [COUNTRY, CAPITAL] = COUNTRIES[0]

  it('comes in with the counts of what was written, and whole', async () => {
    const { documents, chunks, entities, relations } = written.counts
    const { found, pendingEmbeddings, problems } = await bringIn()
    expect(found).toEqual({
      ...written.counts,
      dimension: 64,
      vectors: { chunks, entities, relations },
    })
    expect(chunks).toBeGreaterThan(documents)
    expect({ owed: pendingEmbeddings, problems }).toEqual({ owed: 0, problems: [] })
    const store = await open()
    expect(await store.counts()).toEqual({ documents, chunks, entities, relations })
    expect(await store.documents.statusCounts()).toMatchObject({
      processed: documents,
      pending: 0,
      failed: 0,
    })
    await store.close()
    expect(await verifyWorkspace(dir, join(root, 'none'))).toEqual({ inUse: false, findings: [] })
  })

  it('keeps the weight of each relation, however many chunks it is shared out among', async () => {
    const { graph } = await readWorkingFolder(folder)
    const { relations, documents } = await plan()
    const weights = new Map(
      graph.edges.map(({ source, target, attributes }) => [
        [source, target].sort().join(),
        Number(attributes.weight),
      ]),
    )
    for (const { source, target, weight } of relations) {
      expect(weight).toBeCloseTo(weights.get([source, target].sort().join()) ?? 0, 6)
    }
    const shares = documents.flatMap(({ chunks }) => chunks.flatMap((chunk) => chunk.relations))
    expect(shares.length).toBeGreaterThan(relations.length)
  })

  it('keeps its vectors: each finds its own row first', async () => {
    await bringIn()
    const { chunkVectors, entityVectors, relationVectors } = await readWorkingFolder(folder)
    const store = await open()
    for (const { fields, vector } of chunkVectors.records) {
      const [hit] = await store.searches.nearestChunks(vector ?? new Float32Array(64), 1)
      expect(hit?.score).toBeCloseTo(1, 5)
      const similar = await store.searches.chunkSimilarities(
        [...(await store.searches.chunkKeys([String(fields.__id__)])).values()],
        vector ?? new Float32Array(64),
      )
      expect(similar[0]).toBeCloseTo(1, 5)
    }
    const nearest = async (
      vector: Float32Array | null,
      search: 'nearestEntities' | 'nearestRelations',
    ) => store.searches[search](vector ?? new Float32Array(64), written.counts.entities)
    const entityHits = await nearest(entityVectors.records[5]?.vector ?? null, 'nearestEntities')
    const best = entityHits.filter(({ score }) => score > 0.9999).map(({ key }) => key)
    const names = (await store.searches.entities(best)).map(({ name }) => name)
    expect(names).toContain(entityVectors.records[5]?.fields.entity_name)
    const relationHits = await nearest(
      relationVectors.records[7]?.vector ?? null,
      'nearestRelations',
    )
    const pairs = await store.searches.relations(
      relationHits.filter(({ score }) => score > 0.9999).map(({ key }) => key),
    )
    const { src_id, tgt_id } = relationVectors.records[7]?.fields ?? {}
    expect(pairs.map(({ source, target }) => [source, target].sort())).toContainEqual(
      [src_id, tgt_id].sort(),
    )
    await store.close()
  })

  it('keeps what documents, entities and relations were', async () => {
    await bringIn()
    const store = await open()
    const { id, text, town, chunks: own } = written.documents[1] ?? firstDocument()
    const statuses = JSON.parse(await readFile(join(folder, 'kv_store_doc_status.json'), 'utf8'))
    const status = statuses[id]
    expect(await store.documents.byId(id)).toMatchObject({
      filePath: status.file_path,
      status: 'processed',
      contentSummary: status.content_summary,
      contentLength: status.content_length,
      createdAt: Date.parse(status.created_at),
      updatedAt: Date.parse(status.updated_at),
      trackId: status.track_id,
      chunksCount: 1,
    })
    const keys = await store.searches.entityKeys([town])
    const [entity] = await store.searches.entities([...keys.values()])
    const before = firstDocument()
    expect(entity).toMatchObject({
      type: 'concept',
      description: `${town} is named in the note on ${before.town}.<SEP>${town} is named in the note on ${town}.`,
      sourceIds: [before.chunks[0]?.id, own[0]?.id],
    })
    const { chunks } = await store.documents.chunksOf(id, {
      onlySetAside: false,
      offset: 0,
      limit: 5,
    })
    expect(text.slice(chunks[0]?.start, chunks[0]?.end)).toBe(chunks[0]?.content)
    const ties = await store.searches.relationsOf([...keys.values()])
    expect(ties.reduce((sum, { weight }) => sum + weight, 0)).toBeGreaterThanOrEqual(ties.length)
    await store.close()
  })

  it('opens, is deleted from and answers in every mode without a call beyond the question', async () => {
    await bringIn()
    // The embedding was not ours: a query vector is made here without any model.
    const embedding: EmbeddingModel = {
      ...EMBEDDING,
      embed: async (texts, { kind }) => {
        if (kind === 'document') return forbidden()
        return texts.map(() => new Float32Array(64).fill(1 / 8))
      },
    }
    const { keywords, answerer } = OFFLINE
    const rag = await engine({ ...NO_MODELS, keywords, answerer, embedding })
    for (const mode of QUERY_MODES) {
      if (mode === 'bypass') continue
      const { response, references } = await rag.query({
        query: `What is the capital of ${COUNTRY}?`,
        mode,
      })
      expect(response, mode).toContain(CAPITAL)
      expect(references?.length, mode).toBeGreaterThan(0)
    }
    await rag.close()
  })

  it('lets a document be deleted with exactly what only it said', async () => {
    const { documents } = await bringIn()
    const only = new Map<string, Set<string>>()
    for (const document of documents) {
      for (const { name } of document.chunks.flatMap(({ entities }) => entities)) {
        only.set(name, (only.get(name) ?? new Set()).add(document.id))
      }
    }
    const embedding: EmbeddingModel = {
      ...EMBEDDING,
      embed: async (texts) => texts.map(() => new Float32Array(64).fill(1 / 8)),
    }
    const rag = await engine({ ...NO_MODELS, embedding })
    const { id, country } = firstDocument()
    await rag.deleteDocuments({ doc_ids: [id] })
    await rag.idle()
    const entityNames = await rag.entityNames()
    const gone = [...only].filter(([, ids]) => ids.size === 1 && ids.has(id)).map(([name]) => name)
    expect(gone).toHaveLength(5)
    expect(entityNames.filter((entityName) => gone.includes(entityName))).toEqual([])
    expect(entityNames).toHaveLength(written.counts.entities - gone.length)
    expect(entityNames).toContain(country)
    await rag.close()
    expect((await verifyWorkspace(dir, join(root, 'none'))).findings).toEqual([])
  })

  it('brings in as pending what is not whole, and leaves out what rests on it', async () => {
    const { id, river } = firstDocument()
    const second = written.documents[1]?.id ?? ''
    await edit('kv_store_doc_status.json', (records) => {
      Object.assign(records[second] ?? {}, {
        status: 'failed',
        error_msg: 'no luck',
        chunks_list: [],
      })
      delete records[id]?.chunks_list
      Object.assign(records, { 'error-1': { status: 'failed', file_path: 'bad.pdf' } })
    })
    await edit('kv_store_text_chunks.json', (records) => {
      for (const [key, chunk] of Object.entries(records))
        if (chunk.full_doc_id === id) delete records[key]
    })
    const { problems } = await bringIn()
    expect(problems).toEqual([
      `Document ${id} has no chunks: it comes in as pending, to be processed anew.`,
      expect.stringMatching(/error-1 has no text: it is left out/),
      expect.stringMatching(/\d+ entities and \d+ relations rest on documents/),
    ])
    const store = await open()
    expect(await store.documents.statusCounts()).toMatchObject({
      processed: written.counts.documents - 2,
      pending: 1,
      failed: 1,
    })
    expect(await store.documents.byId(second)).toMatchObject({
      status: 'failed',
      errorMsg: 'no luck',
    })
    expect(await store.searches.entityNames()).not.toContain(river)
    await store.close()
    expect((await verifyWorkspace(dir, join(root, 'none'))).findings).toEqual([])
  })

  it('gives a chunk to every document that holds it, and keeps what a person made', async () => {
    const { id, river, country, chunks } = firstDocument()
    const chunk = chunks[0]?.id ?? ''
    await edit('kv_store_full_docs.json', (records) => {
      records.twin = { ...records[id], file_path: 'twin.txt' }
    })
    await edit('kv_store_doc_status.json', (records) => {
      records.twin = { ...records[id], file_path: 'twin.txt', chunks_list: [chunk] }
    })
    const graph = join(folder, 'graph_chunk_entity_relation.graphml')
    const xml = await readFile(graph, 'utf8')
    const node =
      '<node id="By hand"><data key="d1">thing</data><data key="d2">Made &amp; kept</data><data key="d3">manual_creation</data></node>'
    const edge = `<edge source="By hand" target="${country}"><data key="d7">2.5</data><data key="d8">A tie</data><data key="d9">hand</data><data key="d10">manual_creation</data></edge>`
    await writeFile(graph, xml.replace('<edge ', `${node}\n${edge}<edge `))
    const { pendingEmbeddings } = await bringIn()
    expect(pendingEmbeddings).toBe(2)
    const store = await open()
    expect(await store.counts()).toMatchObject({
      documents: written.counts.documents + 1,
      chunks: written.counts.chunks + 1,
      entities: written.counts.entities + 1,
      relations: written.counts.relations + 1,
    })
    const sources = await sourcesOf(store, river)
    expect(sources).toHaveLength(2)
    expect(sources).toContain(chunk)
    const [made] = await store.searches.entities([
      ...(await store.searches.entityKeys(['By hand'])).values(),
    ])
    expect(made).toMatchObject({
      type: 'thing',
      description: 'Made & kept',
      sourceIds: ['manual_creation'],
      embeddingPending: true,
    })
    await store.close()
    const { findings } = await verifyWorkspace(dir, join(root, 'none'))
    expect(findings.filter(({ level }) => level === 'problem')).toEqual([])
  })

  it('is refused with a sentence when a file of it is damaged', async () => {
    await rm(join(folder, 'kv_store_full_docs.json'))
    await expect(plan()).rejects.toThrow(/no working folder of LightRAG.*kv_store_full_docs/)
    await writeLightRagFolder(join(folder, 'inner'), 3)
    await expect(plan()).rejects.toThrow(/did you mean its workspace .*inner/)
    folder = join(folder, 'inner')
    for (const [name, content, words] of [
      ['vdb_chunks.json', '{"embedding_dim": 64, "data": [], "matrix": "AAAA"}', /0 rows of 64/],
      [
        'vdb_entities.json',
        '{"embedding_dim": 32, "data": [], "matrix": ""}',
        /several dimensions: 64, 32/,
      ],
      ['graph_chunk_entity_relation.graphml', '<graphml><node>', /not well-formed/],
      ['kv_store_text_chunks.json', '{"a": ', /text_chunks.json is damaged/],
    ] as const) {
      const before = await readFile(join(folder, name))
      await writeFile(join(folder, name), content)
      await expect(plan(), name).rejects.toMatchObject({
        code: 'invalid_argument',
        message: expect.stringMatching(words),
      })
      await writeFile(join(folder, name), before)
    }
    await plan()
  })
})

describe('a merged description', () => {
  it('is shared out by what each chunk is known to have said', () => {
    const answers = new Map([
      ['a', 'entity|X|the second'],
      ['b', 'entity|X|the first'],
    ])
    expect([...shareOut(['the first', 'the second'], ['a', 'b'], answers)]).toEqual([
      ['a', ['the second']],
      ['b', ['the first']],
    ])
  })

  it('is shared out in order where nothing is known', () => {
    const none = new Map<string, string>()
    expect([...shareOut(['1', '2'], ['a', 'b'], none)]).toEqual([
      ['a', ['1']],
      ['b', ['2']],
    ])
    expect([...shareOut(['summary'], ['a', 'b'], none)]).toEqual([
      ['a', ['summary']],
      ['b', ['summary']],
    ])
    expect([...shareOut(['1', '2', '3'], ['a', 'b'], none)]).toEqual([
      ['a', ['1', '3']],
      ['b', ['2']],
    ])
    expect([...shareOut([], ['a'], none)]).toEqual([['a', ['']]])
  })
})

async function sourcesOf(store: Store, name: string): Promise<readonly string[]> {
  const [entity] = await store.searches.entities([
    ...(await store.searches.entityKeys([name])).values(),
  ])
  return entity?.sourceIds ?? []
}
