import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ModelUnavailable } from '../../src/engine/errors.ts'
import type { UsageRecord } from '../../src/models/calls/usage.ts'
import { httpReranker } from '../../src/models/rerank/http-reranker.ts'
import { scheduledRerankModel } from '../../src/models/scheduled-models.ts'
import { FairScheduler } from '../../src/models/scheduler.ts'
import { type ModelServer, startModelServer } from '../fixtures/model-server/model-server.ts'
import { QUICK } from './call-settings.ts'

const documents = ['red tea', 'green apple tree', 'green tea leaves']
const query = { lane: 'query' } as const
let server: ModelServer

beforeAll(async () => {
  server = await startModelServer({ apiKey: 'rank-key' })
})
afterAll(() => server.close())
afterEach(() => server.reset())

const reranker = (binding: 'cohere' | 'jina' | 'aliyun', onUsage?: (record: UsageRecord) => void) =>
  httpReranker({
    onUsage,
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
