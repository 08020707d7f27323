import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openAiCompatibleEmbedding } from '../../../src/models/ai-sdk/openai-compatible-embedding.ts'
import { openAiCompatibleModel } from '../../../src/models/ai-sdk/openai-compatible-model.ts'
import type { UsageRecord } from '../../../src/models/calls/call-usage.ts'
import {
  scheduledEmbeddingModel,
  scheduledLanguageModel,
} from '../../../src/models/schedule/scheduled-models.ts'
import { FairScheduler } from '../../../src/models/schedule/scheduler.ts'
import { leakWarnings } from '../../engine/leak-warnings.ts'
import { type ModelServer, startModelServer } from '../../fixtures/model-server/model-server.ts'
import { QUICK } from '../call-settings.ts'
import { collect } from '../collect.ts'

const query = { lane: 'query' } as const
const asked = (content: string) => [{ role: 'user', content } as const]
const records: UsageRecord[] = []
let server: ModelServer

beforeAll(async () => {
  server = await startModelServer({ chat: () => 'one two three', dimension: 4 })
})
afterAll(() => server.close())
afterEach(() => {
  server.reset()
  records.length = 0
})

function parts(limit: number) {
  const host = { binding: 'openai', host: server.openAiUrl }
  const settings = { calls: QUICK, onUsage: (record: UsageRecord) => records.push(record) }
  return {
    scheduler: new FairScheduler({ limit }),
    model: openAiCompatibleModel(host, 'm', settings),
    embedding: openAiCompatibleEmbedding(host, 'e', 4, { ...settings, batchSize: 2 }),
  }
}

describe('a scheduled language model', () => {
  it('keeps calls of all workspaces within one limit', async () => {
    const { scheduler, model } = parts(2)
    server.hold()
    const calls = ['a', 'b', 'c', 'd'].map((workspace) =>
      scheduledLanguageModel(model, scheduler, workspace).generate(asked(workspace), query),
    )
    await server.until(({ running }) => running === 2)
    expect(scheduler.gauges()).toMatchObject({ running: 2, waiting: { query: 2 }, workspaces: 4 })
    server.release()
    await Promise.all(calls)
    expect(server.peak).toBe(2)
  })

  it('tells the meter for which workspace each call was', async () => {
    const { scheduler, model } = parts(2)
    await scheduledLanguageModel(model, scheduler, 'acme').generate(asked('x'), query)
    await collect(scheduledLanguageModel(model, scheduler, 'techstart').stream(asked('x'), query))
    expect(records.map((record) => record.workspace)).toEqual(['acme', 'techstart'])
  })

  it('holds the slot of a stream until its end', async () => {
    const { scheduler, model } = parts(1)
    const scheduled = scheduledLanguageModel(model, scheduler, 'a')
    const seen: number[] = []
    for await (const _ of scheduled.stream(asked('x'), query)) {
      seen.push(scheduler.gauges().running)
    }
    expect(seen).toEqual([1, 1, 1])
    expect(scheduler.gauges().running).toBe(0)
  })

  it('takes no slot for a stream that nobody reads', () => {
    const { scheduler, model } = parts(1)
    scheduledLanguageModel(model, scheduler, 'a').stream(asked('x'), query)
    expect(scheduler.gauges().running).toBe(0)
  })

  it('frees the slot of a stream that is left early or fails', async () => {
    const { scheduler, model } = parts(1)
    const scheduled = scheduledLanguageModel(model, scheduler, 'a')
    for await (const _ of scheduled.stream(asked('x'), query)) break
    expect(scheduler.gauges().running).toBe(0)
    server.failNext('chat', { kind: 'status', status: 400 })
    await expect(collect(scheduled.stream(asked('x'), query))).rejects.toThrow('refused')
    expect(scheduler.gauges().running).toBe(0)
  })
})

describe('a scheduled embedding model', () => {
  const options = { lane: 'extract', kind: 'document' } as const

  it('lets a question in between the batches of a long document', async () => {
    const { scheduler, embedding } = parts(1)
    const busy = scheduledEmbeddingModel(embedding, scheduler, 'a', 2)
    const curious = scheduledEmbeddingModel(embedding, scheduler, 'b', 2)
    server.hold()
    const document = busy.embed(['1', '2', '3', '4', '5'], options)
    await server.until(({ running }) => running === 1)
    const question = curious.embed(['why'], { lane: 'query', kind: 'query' })
    server.release()
    const vectors = await document
    await question
    expect(server.calls.map((call) => call.texts)).toEqual([['1', '2'], ['why'], ['3', '4'], ['5']])
    expect(vectors).toHaveLength(5)
  })

  it('may have many batches that wait', async () => {
    const { scheduler, embedding } = parts(1)
    const texts = Array.from({ length: 20 }, (_, i) => `text ${i}`)
    const scheduled = scheduledEmbeddingModel(embedding, scheduler, 'a', 1)
    expect(await leakWarnings(() => scheduled.embed(texts, options))).toEqual([])
  })

  it('gives up the other batches when one fails', async () => {
    const { scheduler, embedding } = parts(1)
    server.failNext('embed', { kind: 'status', status: 400 })
    const scheduled = scheduledEmbeddingModel(embedding, scheduler, 'a', 1)
    await expect(scheduled.embed(['1', '2', '3'], options)).rejects.toMatchObject({
      code: 'model_rejected',
    })
    expect(server.calls).toHaveLength(1)
    expect(scheduler.gauges()).toMatchObject({ running: 0, waiting: { extract: 0 } })
  })

  it('lets a batch that is under way come to its end when another fails', async () => {
    const { scheduler, embedding } = parts(2)
    server.failNext('embed', { kind: 'status', status: 400 })
    server.hold(({ fault }) => fault === null)
    const scheduled = scheduledEmbeddingModel(embedding, scheduler, 'a', 1)
    const refused = expect(scheduled.embed(['1', '2', '3'], options)).rejects.toMatchObject({
      code: 'model_rejected',
    })
    await server.until(({ calls }) => calls.length === 2)
    await server.until(() => scheduler.gauges().running === 1)
    server.release()
    await refused
    expect(server.calls).toHaveLength(2)
    expect(server.calls.filter(({ aborted }) => aborted)).toEqual([])
  })

  it('gives up all batches when the caller does', async () => {
    const { scheduler, embedding } = parts(2)
    server.hold()
    const controller = new AbortController()
    const call = scheduledEmbeddingModel(embedding, scheduler, 'a', 1).embed(['1', '2', '3'], {
      ...options,
      signal: controller.signal,
    })
    await server.until(({ running }) => running === 2)
    controller.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
    await server.until(({ running }) => running === 0)
    expect(server.calls).toHaveLength(2)
  })
})
