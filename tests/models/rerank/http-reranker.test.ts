import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ModelUnavailable } from '../../../src/engine/ports/engine-error.ts'
import type { UsageRecord } from '../../../src/models/calls/call-usage.ts'
import type { ModelNotice } from '../../../src/models/calls/notices.ts'
import { httpReranker } from '../../../src/models/rerank/http-reranker.ts'
import { scheduledRerankModel } from '../../../src/models/schedule/scheduled-models.ts'
import { FairScheduler } from '../../../src/models/schedule/scheduler.ts'
import { changedBody } from '../../fixtures/model-server/fault.ts'
import { type ModelServer, startModelServer } from '../../fixtures/model-server/model-server.ts'
import { QUICK } from '../call-settings.ts'

const documents = ['red tea', 'green apple tree', 'green tea leaves']
const query = { lane: 'query' } as const
let server: ModelServer

beforeAll(async () => {
  server = await startModelServer({ apiKey: 'rank-key' })
})
afterAll(() => server.close())
afterEach(() => {
  server.reset()
  notices.length = 0
})

type Binding = 'cohere' | 'jina' | 'aliyun'
const notices: ModelNotice[] = []
const reranker = (binding: Binding, onUsage?: (record: UsageRecord) => void) =>
  httpReranker({
    onUsage,
    onNotice: (notice) => notices.push(notice),
    binding,
    url: `${server.url}${binding === 'aliyun' ? '/aliyun' : ''}/rerank`,
    model: 'ranker',
    apiKey: 'rank-key',
    calls: QUICK,
  })

describe.each(['cohere', 'jina', 'aliyun'] as const)('the reranker %s', (binding) => {
  it('puts the best documents first, as many as wanted', async () => {
    const ranked = await reranker(binding).rerank('green tea', documents, 2, query)
    expect(ranked).toEqual([
      { index: 2, score: 1 },
      { index: 0, score: 0.5 },
    ])
  })

  it('reports what each answer has cost, and the workspace that asked', async () => {
    const records: UsageRecord[] = []
    const metered = reranker(binding, (record) => records.push(record))
    const scheduled = scheduledRerankModel(metered, new FairScheduler({ limit: 1 }), 'acme')
    server.failNext('rerank', { kind: 'status', status: 500 })
    await scheduled.rerank('green tea', documents, 2, query)
    expect(records).toEqual([
      {
        workspace: 'acme',
        model: 'ranker',
        lane: 'query',
        promptTokens: 21,
        completionTokens: 0,
      },
    ])
  })

  it('is asked again after a failure', async () => {
    server.failNext('rerank', { kind: 'status', status: 500 })
    server.failNext('rerank', { kind: 'garbage' })
    expect(await reranker(binding).rerank('tea', documents, 1, query)).toHaveLength(1)
    expect(server.calls).toHaveLength(3)
  })

  it('that answers without results is an outage', async () => {
    server.failAlways('rerank', { kind: 'empty' })
    const call = reranker(binding).rerank('tea', documents, 1, query)
    await expect(call).rejects.toBeInstanceOf(ModelUnavailable)
  })
})

type Item = Record<string, unknown>
type Body = { results?: Item[]; output?: { results: Item[] } }

/** The list of results changed, wherever the provider has it. */
const results = (change: (items: Item[]) => unknown) =>
  changedBody((body: Body) =>
    body.output
      ? { ...body, output: { results: change(body.output.results) } }
      : { ...body, results: change(body.results ?? []) },
  )
const first = (change: (item: Item) => unknown) =>
  results(([item, ...rest]) => [item && change(item), ...rest])

const ALL = [
  { index: 2, score: 1 },
  { index: 0, score: 0.5 },
  { index: 1, score: 0.5 },
]

describe.each(['cohere', 'jina', 'aliyun'] as const)('a list of the reranker %s', (binding) => {
  it.each([
    [
      'as texts',
      results((all) => all.map((i) => ({ ...i, relevance_score: `${i.relevance_score}` }))),
    ],
    [
      'under another name',
      results((all) =>
        all.map(({ index, relevance_score }) => ({ index, score: relevance_score })),
      ),
    ],
    ['in another order', results((all) => all.toReversed())],
  ])('is read with its scores %s', async (_what, fault) => {
    server.failAlways('rerank', fault)
    expect(await reranker(binding).rerank('green tea', documents, 3, query)).toEqual(ALL)
    expect(server.calls).toHaveLength(1)
    expect(notices).toEqual([])
  })

  it.each([
    ['an index that is too large', first((item) => ({ ...item, index: 999 }))],
    ['an index below zero', first((item) => ({ ...item, index: -1 }))],
    ['no index', first(({ index: _, ...item }) => item)],
    ['an index that is a text', first((item) => ({ ...item, index: 'two' }))],
    ['no score', first(({ relevance_score: _, ...item }) => item)],
    ['a score that is nothing', first((item) => ({ ...item, relevance_score: null }))],
    ['a score that is no number', first((item) => ({ ...item, relevance_score: 'best' }))],
    ['a blank score', first((item) => ({ ...item, relevance_score: ' ' }))],
    ['a list as its score', first((item) => ({ ...item, relevance_score: [1] }))],
    ['nothing at all', first(() => null)],
    ['a text', first(() => 'green tea leaves')],
  ])('keeps what is good beside an item with %s, in one call', async (_what, fault) => {
    server.failAlways('rerank', fault)
    const ranked = await reranker(binding).rerank('green tea', documents, 3, query)
    expect(ranked).toEqual(ALL.slice(1))
    expect(server.calls).toHaveLength(1)
    expect(notices).toMatchObject([{ model: `${binding}:ranker` }])
  })

  it.each([
    ['nothing', results(() => undefined)],
    ['an object', results(() => ({}))],
    ['a text', results(() => 'green tea')],
  ])('that is %s is an outage, told after one call', async (_what, fault) => {
    server.failAlways('rerank', fault)
    const call = reranker(binding).rerank('green tea', documents, 3, query)
    await expect(call).rejects.toBeInstanceOf(ModelUnavailable)
    expect(server.calls).toHaveLength(1)
    expect(notices).toHaveLength(1)
  })
})

describe('requests to rerankers', () => {
  it('have the shape of each provider', async () => {
    for (const binding of ['cohere', 'jina', 'aliyun'] as const) {
      await reranker(binding).rerank('tea', documents, 9, query)
    }
    expect(server.calls.map((call) => call.body)).toEqual([
      { model: 'ranker', query: 'tea', documents, top_n: 3 },
      { model: 'ranker', query: 'tea', documents, top_n: 3, return_documents: false },
      {
        model: 'ranker',
        input: { query: 'tea', documents },
        parameters: { top_n: 3, return_documents: false },
      },
    ])
  })

  it('are not made for no documents', async () => {
    expect(await reranker('cohere').rerank('tea', [], 5, query)).toEqual([])
    expect(server.calls).toEqual([])
  })
})
