import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { ModelUnavailable } from '../../src/engine/ports/engine-error.ts'
import type { EmbeddingModel } from '../../src/engine/ports/models.ts'
import { exportWorkspace } from '../../src/stores/sqlite/export/export-workspace.ts'
import { unpackExport } from '../../src/stores/sqlite/import/unpack-export.ts'
import { reindexWorkspace } from '../../src/stores/sqlite/reindex/reindex-workspace.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { verifyWorkspace } from '../../src/stores/sqlite/verify/verify-workspace.ts'
import { OFFLINE, openOffline, soundWorkspace, type WorkspacePaths } from './sound-workspace.ts'

/** Eight numbers from the letters of a text. */
class LetterModel implements EmbeddingModel {
  readonly id = 'test:letters'
  readonly dimension = 8
  readonly texts: string[] = []
  /** Texts after which it is out. */
  left = Number.POSITIVE_INFINITY

  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    if (this.left < texts.length) throw new ModelUnavailable('The model is out')
    this.left -= texts.length
    this.texts.push(...texts)
    return texts.map((text) => {
      const vector = new Float32Array(8)
      for (const letter of text)
        vector[letter.charCodeAt(0) % 8] = (vector[letter.charCodeAt(0) % 8] ?? 0) + 1
      const length = Math.hypot(...vector)
      return vector.map((value) => value / length)
    })
  }
}

describe('reindexing a workspace', () => {
  let paths: WorkspacePaths
  let model: LetterModel
  beforeEach(async () => {
    const root = await mkdtemp(join(tmpdir(), 'reindex-'))
    onTestFinished(() => rm(root, { recursive: true, force: true }))
    paths = await soundWorkspace(root)
    model = new LetterModel()
  })
  const reindex = (more: { force?: boolean } = {}) =>
    reindexWorkspace(paths.dir, { model, batchSize: 3, ...more })
  const sql = (text: string) => {
    const database = new Database(join(paths.dir, 'rag.db'))
    try {
      return database.prepare(text).all()
    } finally {
      database.close()
    }
  }
  const expectWhole = async () =>
    expect((await verifyWorkspace(paths.dir, paths.uploadFolder)).findings).toEqual([])

  it('gives every row the vector of the new model, and the workspace its mark', async () => {
    const { counts, chunkTexts } = await contents()
    const all = counts.chunks + counts.entities + counts.relations
    expect(await reindex()).toEqual({ made: all, before: 0 })
    await expectWhole()
    const store = await openSqliteStore({
      dir: paths.dir,
      embedding: { id: model.id, dimension: 8 },
    })
    const [wanted] = await model.embed([chunkTexts[1] ?? ''])
    const [nearest] = await store.searches.nearestChunks(wanted ?? new Float32Array(8), 1)
    const [chunk] = await store.searches.chunks([nearest?.key ?? 0])
    expect(chunk?.content).toBe(chunkTexts[1])
    expect(nearest?.score).toBeCloseTo(1)
    await store.close()
    const { id, dimension } = OFFLINE.embedding
    await expect(
      openSqliteStore({ dir: paths.dir, embedding: { id, dimension } }),
    ).rejects.toMatchObject({ code: 'dimension_mismatch' })
  })

  it('goes on where it was when the model goes out, and pays for no text twice', async () => {
    model.left = 10
    await expect(reindex()).rejects.toMatchObject({ code: 'model_unavailable' })
    const done = model.texts.length
    expect(done).toBeGreaterThan(4)
    await expectWhole()
    const file = join(paths.dir, '..', 'unfinished.export')
    await exportWorkspace(paths, file)
    const copy = join(paths.dir, '..', 'copy')
    await mkdir(copy)
    expect((await unpackExport(file, copy)).findings).toEqual([])
    const rag = await openOffline(paths)
    expect(
      (await rag.query({ query: 'Where was Marie Curie born?', mode: 'mix' })).response,
    ).toMatch(/Warsaw/)
    await rag.close()
    model.left = Number.POSITIVE_INFINITY
    const result = await reindex()
    expect(result).toMatchObject({ before: done })
    const { counts } = await contents(model)
    expect(model.texts).toHaveLength(counts.chunks + counts.entities + counts.relations)
    expect(new Set(model.texts).size).toBe(model.texts.length)
    await expectWhole()
  })

  it('takes in what changed between two sittings', async () => {
    model.left = 10
    await expect(reindex()).rejects.toMatchObject({ code: 'model_unavailable' })
    const rag = await openOffline(paths)
    const { documents } = await rag.listDocuments({ page: 1, page_size: 10 })
    await rag.deleteDocuments({ doc_ids: [documents[0]?.id ?? ''] })
    await rag.insertTexts({
      texts: ['The Rhine flows through Basel and Cologne.'],
      file_sources: ['rhine.txt'],
    })
    await rag.idle()
    await rag.close()
    model.left = Number.POSITIVE_INFINITY
    await reindex()
    await expectWhole()
    expect(sql('SELECT count(*) AS n FROM chunk_vectors')).toEqual([{ n: 4 }])
  })

  it('begins anew for another model than the one it was begun for', async () => {
    model.left = 10
    await expect(reindex()).rejects.toMatchObject({ code: 'model_unavailable' })
    const { id, dimension } = { id: 'test:other', dimension: 4 }
    const embed = async (texts: readonly string[]) => texts.map(() => Float32Array.of(1, 0, 0, 0))
    expect(
      await reindexWorkspace(paths.dir, { model: { id, dimension, embed }, batchSize: 50 }),
    ).toMatchObject({ before: 0 })
    await expectWhole()
  })

  it('does nothing for the model that it has, unless it is told to', async () => {
    await reindex()
    model.texts.length = 0
    expect(await reindex()).toBeNull()
    expect(model.texts).toEqual([])
    const cache = 'chunks.hnsw.head'
    await writeFile(join(paths.dir, cache), 'of the old vectors')
    expect(await reindex({ force: true })).toMatchObject({ before: 0 })
    expect(await readdir(paths.dir)).not.toContain(cache)
    await expectWhole()
  })

  it('makes what was pending, and shows nothing that an interrupted change has left', async () => {
    sql('SELECT 1')
    const database = new Database(join(paths.dir, 'rag.db'))
    database.exec(`DELETE FROM entity_vectors WHERE label = (SELECT label FROM entities WHERE entity = 1);
      UPDATE entities SET owed = 1 WHERE entity = 1;
      INSERT INTO chunks (id, document, ordinal, born, died, tokens, start, "end")
        SELECT 'staged', 1, 50, generation + 1, ${Number.MAX_SAFE_INTEGER}, 0, 0, 0 FROM workspace;
      INSERT INTO chunk_texts (chunk, content, headings)
        SELECT max(label), 'x', '[]' FROM chunks`)
    database.close()
    await reindex()
    await expectWhole()
    expect(sql(`SELECT * FROM chunks WHERE id = 'staged'`)).toEqual([])
  })

  it('refuses vectors of another length, and leaves the old ones', async () => {
    const liar = {
      id: 'test:liar',
      dimension: 5,
      embed: async (texts: readonly string[]) => texts.map(() => new Float32Array(3)),
    }
    await expect(reindexWorkspace(paths.dir, { model: liar, batchSize: 5 })).rejects.toMatchObject({
      code: 'dimension_mismatch',
    })
    await (await openOffline(paths)).close()
    await expectWhole()
  })

  it('is refused while the workspace is open', async () => {
    const rag = await openOffline(paths)
    await expect(reindex()).rejects.toMatchObject({ code: 'workspace_locked' })
    await rag.close()
    expect(model.texts).toEqual([])
  })

  async function contents(embedding: EmbeddingModel = OFFLINE.embedding) {
    const { id, dimension } = embedding
    const store = await openSqliteStore({ dir: paths.dir, embedding: { id, dimension } })
    const counts = await store.counts()
    await store.close()
    const rows = sql('SELECT content FROM chunk_texts ORDER BY chunk') as { content: string }[]
    return { counts, chunkTexts: rows.map(({ content }) => content) }
  }
})
