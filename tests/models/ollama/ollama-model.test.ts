import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ModelUnavailable } from '../../../src/engine/ports/engine-error.ts'
import type { ChatMessage } from '../../../src/engine/ports/models.ts'
import { type OllamaSettings, ollamaModel } from '../../../src/models/ollama/ollama-model.ts'
import { type ModelServer, startModelServer } from '../../fixtures/model-server/model-server.ts'
import { QUICK, runOut, SHORT_TIMEOUT, stopTheClock } from '../call-settings.ts'
import { collect } from '../collect.ts'

const asked: ChatMessage[] = [{ role: 'user', content: 'Where to?' }]
const query = { lane: 'query' } as const
let server: ModelServer
let answer = 'Down the hill.'

beforeAll(async () => {
  server = await startModelServer({ chat: () => answer })
})
afterAll(() => server.close())
afterEach(() => {
  server.reset()
  answer = 'Down the hill.'
})

const model = (settings: OllamaSettings = {}) =>
  ollamaModel({ host: `${server.url}/` }, 'nemo', { calls: QUICK, ...settings })

describe('a model of Ollama', () => {
  it('is asked through its own API, with its options', async () => {
    const generation = await model({ options: { num_ctx: 32_768 } }).generate(asked, query)
    expect(generation).toEqual({
      text: 'Down the hill.',
      usage: { promptTokens: 2, completionTokens: 3 },
    })
    expect(server.calls[0]).toMatchObject({
      path: '/api/chat',
      body: { model: 'nemo', stream: false, options: { num_ctx: 32_768 }, messages: asked },
    })
  })

  it('is held to a schema where one is asked for', async () => {
    const schema = { type: 'object', properties: {} }
    await model().generate(asked, { ...query, format: { name: 'nothing', schema } })
    expect(server.calls[0]?.body).toMatchObject({ format: schema })
    expect(model().structured).toBe(true)
    expect(model({ structured: false }).structured).toBe(false)
  })

  it('streams pieces and counts their tokens', async () => {
    const counts: number[] = []
    const onUsage = ({ completionTokens }: { completionTokens: number }) => {
      counts.push(completionTokens)
    }
    expect(await collect(model({ onUsage }).stream(asked, query))).toEqual([
      'Down',
      ' the',
      ' hill.',
    ])
    expect(counts).toEqual([3])
  })

  it('keeps letters whole that arrive in two packets', async () => {
    answer = 'Grüße aus 東京 und Zürich'
    expect((await collect(model().stream(asked, query))).join('')).toBe(answer)
  })

  it.each([
    { kind: 'status', status: 503 },
    { kind: 'garbage' },
    { kind: 'empty' },
    { kind: 'truncated' },
    { kind: 'close' },
  ] as const)('is asked again after %o', async (fault) => {
    server.failNext('chat', fault, 2)
    expect((await model().generate(asked, query)).text).toBe(answer)
    expect(server.calls).toHaveLength(3)
  })

  it('that does not know the model is a refusal', async () => {
    server.failAlways('chat', { kind: 'status', status: 404 })
    await expect(model().generate(asked, query)).rejects.toMatchObject({
      code: 'model_rejected',
      message: 'The model provider refused the request (404): the server answers 404',
    })
    expect(server.calls).toHaveLength(1)
  })

  it('that stops before the end of a stream is an outage', async () => {
    server.failNext('chat', { kind: 'truncated' })
    await expect(collect(model().stream(asked, query))).rejects.toBeInstanceOf(ModelUnavailable)
  })

  it('that falls silent is given up in time', async () => {
    stopTheClock()
    server.failAlways('chat', { kind: 'stall' })
    const reading = collect(model({ calls: SHORT_TIMEOUT }).stream(asked, query))
    await server.until(({ calls }) => calls.length === 1)
    runOut()
    await expect(reading).rejects.toBeInstanceOf(ModelUnavailable)
    await server.until(({ calls }) => calls[0]?.aborted === true)
  })

  it('drops its request when the caller gives up', async () => {
    server.hold()
    const controller = new AbortController()
    const call = model().generate(asked, { ...query, signal: controller.signal })
    await server.until(({ running }) => running === 1)
    controller.abort(new Error('never mind'))
    await expect(call).rejects.toThrow('never mind')
    await server.until(({ calls }) => calls[0]?.aborted === true)
  })
})
