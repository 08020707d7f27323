import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ModelUnavailable } from '../../src/engine/errors.ts'
import type { EmbeddingModel } from '../../src/engine/models.ts'
import { openAiCompatibleEmbedding } from '../../src/models/ai-sdk/openai-compatible-embedding.ts'
import type { EmbeddingSettings } from '../../src/models/calls/embed-in-batches.ts'
import type { UsageRecord } from '../../src/models/calls/usage.ts'
import { ollamaEmbedding } from '../../src/models/ollama/ollama-embedding.ts'
import { type ModelServer, startModelServer } from '../fixtures/model-server/model-server.ts'
import { QUICK, runOut, SHORT_TIMEOUT, stopTheClock } from './call-settings.ts'

let server: ModelServer
let vectorOf: (text: string) => number[]
const forDocument = { lane: 'extract', kind: 'document' } as const

beforeAll(async () => {
  server = await startModelServer({ embed: (text) => vectorOf(text) })
})
afterAll(() => server.close())
afterEach(() => server.reset())

const adapters: [string, (dimension: number, settings: EmbeddingSettings) => EmbeddingModel][] = [
  [
    'OpenAI',
    (dimension, settings) =>
      openAiCompatibleEmbedding(
        { binding: 'openai', host: server.openAiUrl },
        'embed-small',
        dimension,
        settings,
      ),
  ],
  [
    'Ollama',
    (dimension, settings) => ollamaEmbedding({ host: server.url }, 'bge', dimension, settings),
  ],
]

describe.each(adapters)('embeddings of %s', (_name, adapter) => {
  const model = (settings: EmbeddingSettings = {}) => adapter(2, { calls: QUICK, ...settings })
  afterEach(() => {
    vectorOf = lengthVector
  })
  const lengthVector = (text: string) => [text.length, 1]
  vectorOf = lengthVector

  it('come in order, one a text, and have length one', async () => {
    vectorOf = (text) => (text === 'three' ? [3, 4] : [0, 5])
    const vectors = await model().embed(['three', 'five'], forDocument)
    expect(vectors.map((vector) => Array.from(vector))).toEqual([
      [Math.fround(0.6), Math.fround(0.8)],
      [0, 1],
    ])
  })

  it('are asked for in batches', async () => {
    const texts = Array.from({ length: 7 }, (_, place) => 'x'.repeat(place + 1))
    const vectors = await model({ batchSize: 3 }).embed(texts, forDocument)
    expect(server.calls.map((call) => call.texts.length)).toEqual([3, 3, 1])
    expect(server.calls.flatMap((call) => call.texts)).toEqual(texts)
    expect(vectors).toHaveLength(7)
  })

  it('carry the prefix of their kind', async () => {
    const prefixed = model({ queryPrefix: 'query: ', documentPrefix: 'passage: ' })
    await prefixed.embed(['tea'], { lane: 'query', kind: 'query' })
    await prefixed.embed(['tea'], forDocument)
    expect(server.calls.flatMap((call) => call.texts)).toEqual(['query: tea', 'passage: tea'])
    expect(prefixed.id).not.toBe(model().id)
  })

  it('are refused in another dimension, at once', async () => {
    vectorOf = () => [1, 2, 3]
    await expect(model().embed(['a'], forDocument)).rejects.toMatchObject({
      code: 'dimension_mismatch',
      details: { expected: 2, actual: 3 },
    })
    expect(server.calls).toHaveLength(1)
  })

  it.each([
    ['not numbers', [Number.NaN, 1]],
    ['without direction', [0, 0]],
  ])('are an outage when they are %s', async (_what, vector) => {
    vectorOf = () => vector
    await expect(model().embed(['a'], forDocument)).rejects.toBeInstanceOf(ModelUnavailable)
    expect(server.calls).toHaveLength(3)
  })

  it('stand for a blank text as well, which providers refuse', async () => {
    await model().embed(['', ' \n'], forDocument)
    expect(server.calls[0]?.texts).toEqual(['.', '.'])
  })

  it.each([
    { kind: 'status', status: 429 },
    { kind: 'garbage' },
    { kind: 'truncated' },
    { kind: 'empty' },
    { kind: 'close' },
  ] as const)('are asked for again after %o', async (fault) => {
    server.failNext('embed', fault, 2)
    expect(await model().embed(['a'], forDocument)).toHaveLength(1)
    expect(server.calls).toHaveLength(3)
  })

  it('are given up when their time is over', async () => {
    stopTheClock()
    server.failAlways('embed', { kind: 'stall' })
    const call = model({ calls: SHORT_TIMEOUT }).embed(['a'], forDocument)
    await server.until(({ calls }) => calls.length === 1)
    runOut()
    await expect(call).rejects.toBeInstanceOf(ModelUnavailable)
    await server.until(({ calls }) => calls[0]?.aborted === true)
  })

  it('are counted', async () => {
    const records: UsageRecord[] = []
    await model({ onUsage: (record) => records.push(record), batchSize: 2 }).embed(
      ['one two', 'three', 'four'],
      forDocument,
    )
    expect(records.map((record) => record.promptTokens)).toEqual([3, 1])
  })

  it('of nothing need no request', async () => {
    expect(await model().embed([], forDocument)).toEqual([])
    expect(server.calls).toEqual([])
  })
})

describe('the dimension', () => {
  it('is sent only when the provider shall hear it', async () => {
    vectorOf = () => [1, 0]
    const host = { binding: 'openai', host: server.openAiUrl }
    await openAiCompatibleEmbedding(host, 'm', 2).embed(['a'], forDocument)
    await openAiCompatibleEmbedding(host, 'm', 2, { sendDimension: true }).embed(['a'], forDocument)
    expect(server.calls.map((call) => call.body.dimensions)).toEqual([undefined, 2])
  })
})
