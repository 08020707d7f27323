import { afterEach, describe, expect, it } from 'vitest'
import { EngineError, ModelUnavailable } from '../../../src/engine/ports/engine-error.ts'
import type { Extractor } from '../../../src/engine/ports/models.ts'
import { openEngine, type TestEngine } from '../open-engine.ts'

const BY_LINE = {
  strategy: 'fixed_token',
  params: { split_by_character: '\n', split_by_character_only: true },
} as const
const TEXT = 'Alpha is good.\nBeta is bad.\nGamma is good.'

let engine: TestEngine
afterEach(() => engine.close())

/** Refuses chunks with "bad" in them while `stubborn`; says one thing of the others. */
function extractor(state: { stubborn: boolean; out?: boolean }): Extractor {
  return {
    id: 'stubborn',
    async extract({ text }) {
      if (state.out) throw new ModelUnavailable('out')
      if (state.stubborn && text.includes('bad')) {
        throw new EngineError('model_rejected', 'No records in the answer')
      }
      const name = text.split(' ')[0] ?? ''
      return { entities: [{ name, type: 'letter', description: text }], relations: [] }
    },
  }
}

async function onlyDocument() {
  const { documents } = await engine.rag.listDocuments({})
  const [document] = documents
  if (documents.length !== 1 || !document) throw new Error('one document was expected')
  return document
}

describe('chunks that were set aside', () => {
  it('are listed with their error, and retried while the others stay', async () => {
    const state = { stubborn: true }
    engine = await openEngine({ extractor: extractor(state) })
    await engine.insert({ texts: [TEXT], chunking: BY_LINE })
    const { id, status, metadata } = await onlyDocument()
    expect(status).toBe('processed')
    expect(metadata).toMatchObject({ chunks_set_aside: 1, attempts: 1, chunking: BY_LINE })
    expect(await engine.rag.documentChunks(id, { status: 'set_aside' })).toMatchObject({
      document_id: id,
      total_count: 1,
      chunks: [
        {
          ordinal: 1,
          content: 'Beta is bad.',
          status: 'set_aside',
          error: 'No records in the answer',
        },
      ],
    })
    const all = await engine.rag.documentChunks(id, { page: 2, page_size: 2 })
    expect(all).toMatchObject({ total_count: 3, chunks: [{ ordinal: 2, status: 'extracted' }] })
    expect(await engine.rag.documentChunks(id, { page: 1e308 })).toMatchObject({ chunks: [] })

    expect(await engine.rag.retryChunks(id)).toMatchObject({ status: 'retry_started', chunks: 1 })
    await engine.rag.idle()
    expect((await onlyDocument()).metadata).toMatchObject({ chunks_set_aside: 1, attempts: 2 })

    state.stubborn = false
    await engine.rag.retryChunks(id)
    await engine.rag.idle()
    const after = await onlyDocument()
    expect(after).toMatchObject({ status: 'processed', chunks_count: 3 })
    expect(after.metadata).not.toHaveProperty('chunks_set_aside')
    expect((await engine.rag.entityNames()).sort()).toEqual(['Alpha', 'Beta', 'Gamma'])
    expect(await engine.rag.retryChunks(id)).toMatchObject({ status: 'nothing_to_retry' })
  })

  it('leave what the document says in place while they are retried', async () => {
    const state = { stubborn: true, out: false }
    engine = await openEngine({ extractor: extractor(state) })
    await engine.insert({ texts: [TEXT], chunking: BY_LINE })
    const { id } = await onlyDocument()
    state.out = true
    await engine.rag.retryChunks(id)
    await expect.poll(async () => (await onlyDocument()).error_msg).toBe('out')
    expect((await engine.find({ query: 'Alpha' })).chunks).not.toEqual([])
    await expect(engine.rag.retryChunks(id)).rejects.toMatchObject({ code: 'pipeline_busy' })
  })

  it('of an unknown document are an error', async () => {
    engine = await openEngine()
    const missing = { code: 'document_not_found' }
    await expect(engine.rag.documentChunks('doc-x', {})).rejects.toMatchObject(missing)
    await expect(engine.rag.retryChunks('doc-x')).rejects.toMatchObject(missing)
  })
})

describe('the way a document is cut', () => {
  it('fails the document that it does not fit, and no other', async () => {
    engine = await openEngine()
    await engine.insert({
      texts: ['short', `${'long '.repeat(40)}\nshort`],
      chunking: {
        strategy: 'fixed_token',
        params: {
          chunk_token_size: 20,
          split_by_character: '\n',
          split_by_character_only: true,
        },
      },
    })
    const { documents } = await engine.rag.listDocuments({ sort_field: 'file_path' })
    expect(documents.map(({ status, error_msg }) => [status, error_msg])).toEqual(
      expect.arrayContaining([
        ['processed', null],
        ['failed', expect.stringMatching(/Part 1 .*\(20 tokens\)/)],
      ]),
    )
    await engine.rag.reprocessFailed()
    await engine.rag.idle()
    const [failed] = (await engine.rag.documentsByStatus()).statuses.failed ?? []
    expect(failed?.metadata).toMatchObject({ attempts: 2 })
  })
})
