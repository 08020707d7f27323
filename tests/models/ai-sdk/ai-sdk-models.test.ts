import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { describe, expect, it } from 'vitest'
import { ModelUnavailable } from '../../../src/engine/ports/engine-error.ts'
import {
  type EmbeddingModelObject,
  fromAiSdkEmbeddingModel,
} from '../../../src/models/ai-sdk/ai-sdk-embedding-model.ts'
import {
  fromAiSdkLanguageModel,
  type LanguageModelObject,
} from '../../../src/models/ai-sdk/ai-sdk-language-model.ts'
import { changedBody } from '../../fixtures/model-server/fault.ts'
import { startModelServer } from '../../fixtures/model-server/model-server.ts'
import { QUICK, SHORT_TIMEOUT } from '../call-settings.ts'
import { collect } from '../collect.ts'

type LanguageModelV3 = Extract<LanguageModelObject, { specificationVersion: 'v3' }>
type EmbeddingModelV3 = Extract<EmbeddingModelObject, { specificationVersion: 'v3' }>

const asked = [{ role: 'user', content: 'Well?' }] as const
const query = { lane: 'query' } as const

/** A model of somebody else's: `behave` is what each call does. */
function foreignModel(
  behave: () => Promise<never>,
  doStream: LanguageModelV3['doStream'] = behave,
): LanguageModelV3 {
  return {
    specificationVersion: 'v3',
    provider: 'elsewhere.chat',
    modelId: 'm1',
    supportedUrls: {},
    doGenerate: behave,
    doStream,
  }
}

describe('any model object of the AI SDK', () => {
  const deaf = foreignModel(() => new Promise(() => {}))

  it('has an id of provider and model', () => {
    expect(fromAiSdkLanguageModel(deaf).id).toBe('elsewhere.chat:m1')
  })

  it('is given up in time though it does not heed its signal', async () => {
    const model = fromAiSdkLanguageModel(deaf, { calls: SHORT_TIMEOUT })
    await expect(model.generate(asked, query)).rejects.toBeInstanceOf(ModelUnavailable)
    await expect(collect(model.stream(asked, query))).rejects.toBeInstanceOf(ModelUnavailable)
  })

  it('is given up when the caller does, though it does not heed its signal', async () => {
    const controller = new AbortController()
    const call = fromAiSdkLanguageModel(deaf, { calls: QUICK }).generate(asked, {
      ...query,
      signal: controller.signal,
    })
    controller.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
  })

  it('that fails in an unknown way is an outage', async () => {
    let calls = 0
    const failing = foreignModel(() => {
      calls++
      return Promise.reject(new Error('secret detail'))
    })
    const model = fromAiSdkLanguageModel(failing, { calls: QUICK })
    await expect(model.generate(asked, query)).rejects.toMatchObject({
      code: 'model_unavailable',
      message: 'The model did not answer: the connection failed',
    })
    expect(calls).toBe(3)
  })
})

describe('a streamed answer', () => {
  it('that stops without the model having said why is an outage', async () => {
    const parts = [
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', delta: 'Half of' },
      { type: 'text-end', id: 't' },
      {
        type: 'finish',
        finishReason: { unified: 'other', raw: undefined },
        usage: {
          inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
          outputTokens: { total: 2, text: 2, reasoning: 0 },
        },
      },
    ] as const
    const cut = foreignModel(
      () => Promise.reject(new Error('not used')),
      async () => ({
        stream: new ReadableStream({
          start(controller) {
            for (const part of parts) controller.enqueue(part)
            controller.close()
          },
        }),
      }),
    )
    const reading = collect(fromAiSdkLanguageModel(cut, { calls: QUICK }).stream(asked, query))
    await expect(reading).rejects.toBeInstanceOf(ModelUnavailable)
  })
})

describe('any embedding model object of the AI SDK', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY])('must not answer %s', async (value) => {
    const model: EmbeddingModelV3 = {
      specificationVersion: 'v3',
      provider: 'elsewhere.embedding',
      modelId: 'e1',
      maxEmbeddingsPerCall: undefined,
      supportsParallelCalls: false,
      doEmbed: async () => ({ embeddings: [[value, 1]], warnings: [] }),
    }
    const call = fromAiSdkEmbeddingModel(model, 2, { calls: QUICK }).embed(['a'], {
      ...query,
      kind: 'document',
    })
    await expect(call).rejects.toBeInstanceOf(ModelUnavailable)
  })

  it('is asked for no more texts at once than it takes', async () => {
    const asked: number[] = []
    const model: EmbeddingModelV3 = {
      specificationVersion: 'v3',
      provider: 'elsewhere.embedding',
      modelId: 'e1',
      maxEmbeddingsPerCall: 2,
      supportsParallelCalls: false,
      doEmbed: async ({ values }) => {
        asked.push(values.length)
        return { embeddings: values.map(() => [1, 0]), warnings: [] }
      },
    }
    const vectors = await fromAiSdkEmbeddingModel(model, 2).embed(['a', 'b', 'c'], {
      ...query,
      kind: 'document',
    })
    expect(vectors).toHaveLength(3)
    expect(asked).toEqual([2, 1])
  })

  it('has the vectors that its answer lists, whatever order the SDK takes them in', async () => {
    const server = await startModelServer({ embed: (text) => [text.length, 1] })
    const reversed = changedBody((body: { data: unknown[] }) => ({
      ...body,
      data: body.data.toReversed(),
    }))
    server.failAlways('embed', reversed)
    const provider = createOpenAICompatible({ name: 'any', baseURL: server.openAiUrl })
    const model = fromAiSdkEmbeddingModel(provider.embeddingModel('e1'), 2)
    const texts = ['a', 'longer']
    const [first, second] = await model.embed(texts, { ...query, kind: 'document' })
    expect(first?.[0]).toBeLessThan(second?.[0] ?? 0)
    await server.close()
  })
})
