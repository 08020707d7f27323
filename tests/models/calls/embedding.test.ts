import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ModelUnavailable } from '../../../src/engine/ports/engine-error.ts'
import type { EmbeddingModel } from '../../../src/engine/ports/models.ts'
import { openAiCompatibleEmbedding } from '../../../src/models/ai-sdk/openai-compatible-embedding.ts'
import type { UsageRecord } from '../../../src/models/calls/call-usage.ts'
import type { EmbeddingSettings } from '../../../src/models/calls/embed-in-batches.ts'
import { ollamaEmbedding } from '../../../src/models/ollama/ollama-embedding.ts'
import { changedBody } from '../../fixtures/model-server/fault.ts'
import { type ModelServer, startModelServer } from '../../fixtures/model-server/model-server.ts'
import { QUICK, runOut, SHORT_TIMEOUT, stopTheClock } from '../call-settings.ts'

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

describe('the list of vectors', () => {
  const texts = ['first', 'second one', 'the third of them']
  const proper = texts.map((text) => unit([text.length, 1]))
  const openAi = () =>
    openAiCompatibleEmbedding({ binding: 'openai', host: server.openAiUrl }, 'm', 2, {
      calls: QUICK,
    })
  const ollama = () => ollamaEmbedding({ host: server.url }, 'm', 2, { calls: QUICK })

  beforeAll(() => {
    vectorOf = (text) => [text.length, 1]
  })

  type Item = { index?: unknown; embedding: unknown }
  type Body = { data: Item[] }
  const items = (change: (data: Item[]) => unknown) =>
    changedBody((body: Body) => ({ ...body, data: change(body.data) }))
  const first = (change: (item: Item) => unknown) =>
    items(([item, ...rest]) => [item && change(item), ...rest])
  const base64 = (numbers: unknown) =>
    Buffer.from(Float32Array.from(numbers as number[]).buffer).toString('base64')

  it.each([
    ['in another order', items((data) => data.toReversed())],
    ['turned by one', items(([a, ...rest]) => [...rest, a])],
    ['with the index 0 left out', first(({ index: _, ...item }) => item)],
    [
      'with the index 0 left out and at the end',
      items(([a, ...rest]) => [...rest, { embedding: a?.embedding }]),
    ],
    [
      'as base64',
      items((data) => data.map((item) => ({ ...item, embedding: base64(item.embedding) }))),
    ],
    [
      'some as base64, in another order',
      items((data) =>
        data
          .map((item, i) => (i === 1 ? { ...item, embedding: base64(item.embedding) } : item))
          .reverse(),
      ),
    ],
  ])('of OpenAI is understood %s', async (_what, fault) => {
    server.failAlways('embed', fault)
    expect((await openAi().embed(texts, forDocument)).map((vector) => [...vector])).toEqual(proper)
    expect(server.calls).toHaveLength(1)
  })

  it('without any index is not trusted: each text is asked for alone, from then on', async () => {
    const shuffled = items((data) => data.map(({ index: _, ...item }) => item).toSorted(() => -1))
    server.failAlways('embed', shuffled)
    const model = openAi()
    for (const batches of [
      [3, 1, 1, 1],
      [1, 1, 1],
    ]) {
      server.calls.length = 0
      expect((await model.embed(texts, forDocument)).map((vector) => [...vector])).toEqual(proper)
      expect(server.calls.map((call) => call.texts.length)).toEqual(batches)
    }
  })

  const refused: [string, ReturnType<typeof items>][] = [
    ['an index twice', first((item) => ({ ...item, index: 1 }))],
    ['an index that is too large', first((item) => ({ ...item, index: 3 }))],
    ['an index below zero', first((item) => ({ ...item, index: -1 }))],
    ['an index between two', first((item) => ({ ...item, index: 0.5 }))],
    ['an index that is a text', first((item) => ({ ...item, index: 'first' }))],
    [
      'two indexes left out',
      items(([a, b, c]) => [c, { ...b, index: null }, { ...a, index: null }]),
    ],
    ['one too few', items((data) => data.slice(1))],
    ['one too many', items((data) => [...data, { index: 3, embedding: [1, 0] }])],
    ['one twice', items((data) => [...data, data[0]])],
    ['none', items(() => [])],
    ['an object in the place of the list', items(() => ({}))],
    ['nothing in the place of the list', items(() => null)],
    ['nothing in the place of an item', first(() => null)],
    ['a vector that is nothing', first((item) => ({ ...item, embedding: null }))],
    ['an empty vector', first((item) => ({ ...item, embedding: [] }))],
    ['a vector of another length among the others', first((item) => ({ ...item, embedding: [1] }))],
    ['no number', first((item) => ({ ...item, embedding: [null, 1] }))],
    ['numbers as text', first((item) => ({ ...item, embedding: ['1', '0'] }))],
    ['NaN as text', first((item) => ({ ...item, embedding: ['NaN', 1] }))],
    ['a list within the vector', first((item) => ({ ...item, embedding: [[1, 0]] }))],
    ['no direction', first((item) => ({ ...item, embedding: [0, 0] }))],
    ['base64 of half a number', first((item) => ({ ...item, embedding: 'AAAA' }))],
    ['base64 of NaN', first((item) => ({ ...item, embedding: base64([Number.NaN, 1]) }))],
    ['text that is no base64', first((item) => ({ ...item, embedding: 'not a vector at all' }))],
    ['an error in its place', changedBody(() => ({ error: { message: 'overloaded' } }))],
    ['a list in the place of the object', changedBody((body: Body) => body.data)],
  ]

  it.each(refused)('of OpenAI is refused, and asked for again, with %s', async (_what, fault) => {
    server.failAlways('embed', fault)
    const call = openAi().embed(texts, forDocument)
    await expect(call).rejects.toBeInstanceOf(ModelUnavailable)
    expect(server.calls).toHaveLength(3)
    server.failAlways('embed', null)
    server.failNext('embed', fault)
    expect((await openAi().embed(texts, forDocument)).map((vector) => [...vector])).toEqual(proper)
  })

  type OllamaBody = { embeddings: number[][] }
  const rows = (change: (embeddings: number[][]) => unknown) =>
    changedBody((body: OllamaBody) => ({ ...body, embeddings: change(body.embeddings) }))
  it.each([
    ['one too few', rows((all) => all.slice(1))],
    ['one too many', rows((all) => [...all, [1, 0]])],
    ['none', rows(() => [])],
    ['nothing in its place', rows(() => null)],
    ['a single vector in its place', rows(([one]) => one)],
    ['a vector that is nothing', rows(([, ...rest]) => [null, ...rest])],
    ['an empty vector', rows(([, ...rest]) => [[], ...rest])],
    ['a vector of another length among the others', rows(([, ...rest]) => [[1], ...rest])],
    ['no number', rows(([, ...rest]) => [[null, 1], ...rest])],
    ['numbers as text', rows(([, ...rest]) => [['1', '0'], ...rest])],
    ['no direction', rows(([, ...rest]) => [[0, 0], ...rest])],
    ['an error in its place', changedBody(() => ({ error: 'model requires more memory' }))],
    ['the older form', changedBody((body: OllamaBody) => ({ embedding: body.embeddings[0] }))],
  ])('of Ollama is refused, and asked for again, with %s', async (_what, fault) => {
    server.failAlways('embed', fault)
    await expect(ollama().embed(texts, forDocument)).rejects.toBeInstanceOf(ModelUnavailable)
    expect(server.calls).toHaveLength(3)
  })

  it('of another length throughout is a wrong dimension, as base64 too', async () => {
    const longer = items((data) => data.map((item) => ({ ...item, embedding: base64([1, 2, 3]) })))
    server.failAlways('embed', longer)
    await expect(openAi().embed(texts, forDocument)).rejects.toMatchObject({
      code: 'dimension_mismatch',
      details: { expected: 2, actual: 3 },
    })
  })
})

function unit(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector)
  return vector.map((value) => Math.fround(value / length))
}
