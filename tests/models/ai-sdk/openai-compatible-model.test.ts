import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { EngineError, ModelUnavailable } from '../../../src/engine/ports/engine-error.ts'
import type { ChatMessage } from '../../../src/engine/ports/models.ts'
import type { LanguageModelSettings } from '../../../src/models/ai-sdk/ai-sdk-language-model.ts'
import { openAiCompatibleModel } from '../../../src/models/ai-sdk/openai-compatible-model.ts'
import { azureOpenAiHost } from '../../../src/models/ai-sdk/openai-compatible-provider.ts'
import type { UsageRecord } from '../../../src/models/calls/call-usage.ts'
import { type ModelServer, startModelServer } from '../../fixtures/model-server/model-server.ts'
import { QUICK, runOut, SHORT_TIMEOUT, stopTheClock } from '../call-settings.ts'
import { collect } from '../collect.ts'

const KEY = 'sk-test-0123456789abcdef'
const asked: ChatMessage[] = [
  { role: 'system', content: 'Answer in one word.' },
  { role: 'user', content: 'What is it?' },
]
const query = { lane: 'query' } as const

let server: ModelServer
let answer = 'Nothing at all.'

beforeAll(async () => {
  server = await startModelServer({ chat: () => answer, apiKey: KEY })
})
afterAll(() => server.close())
afterEach(() => {
  server.reset()
  answer = 'Nothing at all.'
})

function model(settings: LanguageModelSettings = {}, apiKey = KEY) {
  const host = { binding: 'openai', host: server.openAiUrl, apiKey }
  return openAiCompatibleModel(host, 'small', { calls: QUICK, ...settings })
}

async function failureOf(work: Promise<unknown>): Promise<EngineError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(EngineError)
  return error as EngineError
}

describe('a model behind an OpenAI-compatible server', () => {
  it('answers with text and token counts, and sends the messages as they are', async () => {
    const generation = await model().generate(asked, query)
    expect(generation.text).toBe('Nothing at all.')
    expect(generation.usage).toEqual({ promptTokens: 7, completionTokens: 3 })
    expect(server.calls[0]?.messages).toEqual(asked)
    expect(server.calls[0]?.headers.authorization).toBe(`Bearer ${KEY}`)
  })

  it('names itself by binding and model', () => {
    expect(model().id).toBe('openai:small')
  })

  it('streams the answer in pieces', async () => {
    const pieces = await collect(model().stream(asked, query))
    expect(pieces).toEqual(['Nothing', ' at', ' all.'])
  })

  it('sends sampling settings and extra fields only when there are any', async () => {
    await model().generate(asked, query)
    const host = {
      binding: 'openai',
      host: server.openAiUrl,
      apiKey: KEY,
      extraBody: { max_completion_tokens: 9 },
    }
    await openAiCompatibleModel(host, 'small', { sampling: { temperature: 0.2 } }).generate(
      asked,
      query,
    )
    expect(server.calls[0]?.body).not.toHaveProperty('temperature')
    expect(server.calls[1]?.body).toMatchObject({ temperature: 0.2, max_completion_tokens: 9 })
  })

  it('leaves out reasoning before the answer', async () => {
    answer = '<think>\nFirst I count.\n</think>\n\nForty-two.'
    expect((await model().generate(asked, query)).text).toBe('Forty-two.')
  })

  it('passes system messages in the midst of a conversation without a warning', async () => {
    const messages: ChatMessage[] = [...asked, { role: 'system', content: 'Be brief.' }]
    await model().generate(messages, query)
    expect(server.calls[0]?.messages).toEqual(messages)
  })

  it('reaches an Azure deployment with its key header and version', async () => {
    const host = azureOpenAiHost({
      endpoint: `${server.url}/`,
      deployment: 'my gpt',
      apiVersion: '2024-08-01-preview',
      apiKey: KEY,
    })
    await openAiCompatibleModel(host, 'gpt', { calls: QUICK }).generate(asked, query)
    const [call] = server.calls
    expect(call?.path).toBe(
      '/openai/deployments/my%20gpt/chat/completions?api-version=2024-08-01-preview',
    )
    expect(call?.headers['api-key']).toBe(KEY)
    expect(call?.headers.authorization).toBeUndefined()
  })
})

describe('usage', () => {
  it('is reported for each answered request, streams included', async () => {
    const records: UsageRecord[] = []
    const metered = model({ onUsage: (record) => records.push(record) })
    await metered.generate(asked, { lane: 'extract' })
    await collect(metered.stream(asked, query))
    expect(records).toEqual([
      { model: 'openai:small', lane: 'extract', promptTokens: 7, completionTokens: 3 },
      { model: 'openai:small', lane: 'query', promptTokens: 7, completionTokens: 3 },
    ])
  })

  it('is reported, without counts, for a stream that is left early', async () => {
    const records: UsageRecord[] = []
    const metered = model({ onUsage: (record) => records.push(record) })
    for await (const _ of metered.stream(asked, query)) break
    await expect.poll(() => records).toMatchObject([{ promptTokens: 0, completionTokens: 0 }])
  })

  it('counts the empty answer of an attempt that was repeated', async () => {
    const records: UsageRecord[] = []
    server.failNext('chat', { kind: 'empty' })
    await model({ onUsage: (record) => records.push(record) }).generate(asked, query)
    expect(records.map((record) => record.completionTokens)).toEqual([0, 3])
  })
})

describe('a call that fails at first', () => {
  const passing = [
    { kind: 'status', status: 429 },
    { kind: 'status', status: 429, retryAfter: '0' },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 503 },
    { kind: 'status', status: 408 },
    { kind: 'truncated' },
    { kind: 'garbage' },
    { kind: 'empty' },
    { kind: 'close' },
  ] as const

  it.each(passing)('is repeated after %o and succeeds', async (fault) => {
    server.failNext('chat', fault, 2)
    expect((await model().generate(asked, query)).text).toBe('Nothing at all.')
    expect(server.calls).toHaveLength(3)
  })

  const beforeFirstPiece = passing.filter(({ kind }) => kind !== 'close' && kind !== 'truncated')

  it.each(beforeFirstPiece)('is repeated as a stream after %o', async (fault) => {
    server.failNext('chat', fault, 2)
    expect((await collect(model().stream(asked, query))).join('')).toBe('Nothing at all.')
    expect(server.calls).toHaveLength(3)
  })

  it('stops after the attempts it was given', async () => {
    server.failAlways('chat', { kind: 'status', status: 500 })
    const error = await failureOf(model().generate(asked, query))
    expect(error).toBeInstanceOf(ModelUnavailable)
    expect(server.calls).toHaveLength(3)
  })

  it('says how long the provider asked to wait', async () => {
    server.failAlways('chat', { kind: 'status', status: 429, retryAfter: '7200' })
    const error = await failureOf(model().generate(asked, query))
    expect(error).toMatchObject({ code: 'model_unavailable', retryAfterSeconds: 7200 })
    expect(server.calls).toHaveLength(1)
  })

  it('understands a date as the time to come back', async () => {
    const retryAfter = new Date(Date.now() + 3_600_000).toUTCString()
    server.failAlways('chat', { kind: 'status', status: 503, retryAfter })
    const error = (await failureOf(model().generate(asked, query))) as ModelUnavailable
    expect(error.retryAfterSeconds).toBeGreaterThan(3_500)
    expect(error.retryAfterSeconds).toBeLessThanOrEqual(3_600)
  })

  it('does not begin a wait that its time limit will not let it finish', async () => {
    server.failAlways('chat', { kind: 'status', status: 429, retryAfter: '30' })
    const limited = model({ calls: { ...QUICK, timeoutMs: 20_000 } })
    expect(await failureOf(limited.generate(asked, query))).toMatchObject({
      retryAfterSeconds: 30,
    })
    expect(server.calls).toHaveLength(1)
  })

  it('gives up on answers that stay empty', async () => {
    server.failAlways('chat', { kind: 'empty' })
    expect(await failureOf(model().generate(asked, query))).toMatchObject({
      code: 'model_rejected',
    })
    expect(server.calls).toHaveLength(3)
  })
})

describe('a refusal', () => {
  it('is not repeated', async () => {
    server.failAlways('chat', { kind: 'status', status: 400 })
    expect(await failureOf(model().generate(asked, query))).toMatchObject({
      code: 'model_rejected',
      details: { status: 400 },
    })
    expect(server.calls).toHaveLength(1)
  })

  it('of the key shows neither key nor host', async () => {
    const error = await failureOf(model({}, 'sk-wrong-key-1234567890').generate(asked, query))
    expect(error).toMatchObject({ code: 'model_rejected', details: { status: 401 } })
    expect(error.message).not.toMatch(/sk-|127\.0\.0\.1/)
    expect(error.cause).toBeUndefined()
  })

  it('tells the reason that the provider gave, without addresses and keys', async () => {
    const message = 'No model small at http://10.1.2.3:8000/v1 (10.1.2.3:8000) for sk-abcdef123456'
    server.failNext('chat', { kind: 'status', status: 404, message })
    const error = await failureOf(model().generate(asked, query))
    expect(error.message).toBe(
      'The model provider refused the request (404): No model small at [address] ([address]) for [key]',
    )
  })

  it('by nobody at the address is an outage that does not name it', async () => {
    const gone = await startModelServer()
    const host = { binding: 'openai', host: gone.openAiUrl, apiKey: KEY }
    await gone.close()
    const error = await failureOf(
      openAiCompatibleModel(host, 'small', { calls: QUICK }).generate(asked, query),
    )
    expect(error).toBeInstanceOf(ModelUnavailable)
    expect(error.message).toBe('The model did not answer: the connection was refused')
  })
})

describe('the time limit', () => {
  beforeEach(stopTheClock)

  it('ends a call whose body never comes, and its request', async () => {
    server.failAlways('chat', { kind: 'stall' })
    const failure = failureOf(model({ calls: SHORT_TIMEOUT }).generate(asked, query))
    await server.until(({ calls }) => calls.length === 1)
    runOut()
    const error = await failure
    expect(error).toBeInstanceOf(ModelUnavailable)
    expect(error.message).toBe('The model did not answer within 0.4 s')
    await server.until(({ calls }) => calls.every((call) => call.aborted))
    expect(server.calls).toHaveLength(1)
  })

  it('ends a stream that stalls after its first piece', async () => {
    server.failAlways('chat', { kind: 'stall' })
    const pieces: string[] = []
    const reading = (async () => {
      for await (const piece of model({ calls: SHORT_TIMEOUT }).stream(asked, query)) {
        pieces.push(piece)
      }
    })()
    await server.until(() => pieces.length === 1)
    runOut()
    expect(await failureOf(reading)).toBeInstanceOf(ModelUnavailable)
    expect(pieces).toEqual(['Nothing'])
    await server.until(({ calls }) => calls.every((call) => call.aborted))
  })

  it('does not run while the reader of a stream takes their time', async () => {
    const pieces: string[] = []
    for await (const piece of model({ calls: SHORT_TIMEOUT }).stream(asked, query)) {
      pieces.push(piece)
      runOut()
    }
    expect(pieces.join('')).toBe('Nothing at all.')
  })
})

describe('a broken stream', () => {
  it.each([{ kind: 'close' }, { kind: 'truncated' }] as const)(
    'fails after the pieces that came, and is not repeated: %o',
    async (fault) => {
      server.failNext('chat', fault)
      const pieces: string[] = []
      const reading = (async () => {
        for await (const piece of model().stream(asked, query)) pieces.push(piece)
      })()
      expect(await failureOf(reading)).toBeInstanceOf(ModelUnavailable)
      expect(pieces[0]).toBe('Nothing')
      expect(server.calls).toHaveLength(1)
    },
  )
})

describe('a caller who gives up', () => {
  it('gets their own reason, and the request is closed', async () => {
    server.hold()
    const controller = new AbortController()
    const call = model().generate(asked, { ...query, signal: controller.signal })
    await server.until(({ running }) => running === 1)
    controller.abort(new Error('no longer wanted'))
    await expect(call).rejects.toThrow('no longer wanted')
    await server.until(({ running }) => running === 0)
    expect(server.calls).toMatchObject([{ aborted: true }])
  })

  it('ends the wait between attempts', async () => {
    server.failAlways('chat', { kind: 'status', status: 503 })
    const controller = new AbortController()
    const call = model({ calls: { ...QUICK, backoffMs: 50_000 } }).generate(asked, {
      ...query,
      signal: controller.signal,
    })
    await server.until(({ calls }) => calls[0]?.finished === true)
    controller.abort(new Error('no longer wanted'))
    await expect(call).rejects.toThrow('no longer wanted')
    expect(server.calls).toHaveLength(1)
  })

  it('sends nothing after giving up before', async () => {
    const signal = AbortSignal.abort(new Error('too late'))
    await expect(model().generate(asked, { ...query, signal })).rejects.toThrow('too late')
    await expect(collect(model().stream(asked, { ...query, signal }))).rejects.toThrow('too late')
    expect(server.calls).toHaveLength(0)
  })

  it('closes the request by leaving the stream', async () => {
    server.failAlways('chat', { kind: 'stall' })
    for await (const _ of model().stream(asked, query)) break
    await server.until(({ calls }) => calls[0]?.aborted === true)
  })
})
