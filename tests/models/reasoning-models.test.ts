import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openAiCompatibleModel } from '../../src/models/ai-sdk/openai-compatible-model.ts'
import { capabilitiesOf } from '../../src/models/ai-sdk/request-capabilities.ts'
import type { UsageRecord } from '../../src/models/calls/call-usage.ts'
import type { ModelNotice } from '../../src/models/calls/notices.ts'
import { changedBody, type Fault } from '../fixtures/model-server/fault.ts'
import { type ModelServer, startModelServer } from '../fixtures/model-server/model-server.ts'
import { QUICK } from './call-settings.ts'
import { collect } from './collect.ts'

const asked = [{ role: 'user', content: 'Well?' }] as const
const query = { lane: 'query' } as const
const notices: ModelNotice[] = []
const records: UsageRecord[] = []
let server: ModelServer

beforeAll(async () => {
  server = await startModelServer({ chat: () => 'One two.' })
})
afterAll(() => server.close())
afterEach(() => {
  server.reset()
  notices.length = 0
  records.length = 0
})

const sampling = { temperature: 0.2, topP: 0.9, maxOutputTokens: 100 }
type Known = NonNullable<Parameters<typeof capabilitiesOf>[1]>
const model = (name: string, capabilities: Known = {}) =>
  openAiCompatibleModel({ binding: 'openai', host: server.openAiUrl, capabilities }, name, {
    calls: QUICK,
    sampling,
    onNotice: (notice) => notices.push(notice),
    onUsage: (record) => records.push(record),
  })
const LIMITS = ['max_tokens', 'max_completion_tokens', 'temperature', 'top_p', 'stream_options']
const sent = () =>
  server.calls.map(({ body }) =>
    Object.fromEntries(LIMITS.flatMap((name) => (name in body ? [[name, body[name]]] : []))),
  )

describe('what a model takes', () => {
  it.each([
    ['gpt-4o', 'max_tokens', true],
    ['gpt-4.1-mini', 'max_tokens', true],
    ['qwen3:8b', 'max_tokens', true],
    ['gpt-oss-20b', 'max_tokens', true],
    ['o100-local', 'max_tokens', true],
    ['gpt-5', 'max_completion_tokens', false],
    ['gpt-5-mini-2025-08-07', 'max_completion_tokens', false],
    ['gpt-5.1', 'max_completion_tokens', false],
    ['GPT-5', 'max_completion_tokens', false],
    ['openai/gpt-5-nano', 'max_completion_tokens', false],
    ['gpt-5-chat-latest', 'max_completion_tokens', true],
    ['gpt-5.2-chat-latest', 'max_completion_tokens', true],
    ['o1', 'max_completion_tokens', false],
    ['o3-mini', 'max_completion_tokens', false],
    ['o4-mini', 'max_completion_tokens', false],
  ] as const)('is known of %s', (name, maxTokensField, takesSampling) => {
    expect(capabilitiesOf(name)).toEqual({ maxTokensField, sampling: takesSampling })
  })

  it('is what an installation says, whatever the name', () => {
    expect(capabilitiesOf('gpt-5', { sampling: true })).toEqual({
      maxTokensField: 'max_completion_tokens',
      sampling: true,
    })
    expect(capabilitiesOf('my-model', { maxTokensField: 'max_completion_tokens' })).toEqual({
      maxTokensField: 'max_completion_tokens',
      sampling: true,
    })
  })
})

describe('a request', () => {
  it('to a usual model has the usual parameters', async () => {
    await model('gpt-4o').generate(asked, query)
    expect(sent()).toEqual([{ max_tokens: 100, temperature: 0.2, top_p: 0.9 }])
  })

  it('to a reasoning model has its limit by another name, and no sampling', async () => {
    await model('gpt-5').generate(asked, query)
    await collect(model('openai/o3').stream(asked, query))
    await model('gpt-5', { sampling: true, maxTokensField: 'max_tokens' }).generate(asked, query)
    expect(sent()).toEqual([
      { max_completion_tokens: 100 },
      { max_completion_tokens: 100, stream_options: { include_usage: true } },
      { max_tokens: 100, temperature: 0.2, top_p: 0.9 },
    ])
  })
})

const refusal = (status: number, body: unknown): Fault => ({
  kind: 'raw',
  reply: () => ({
    status,
    headers: { 'content-type': 'application/json' },
    pieces: [JSON.stringify(body)],
  }),
})
const unsupported = (param: string | null, message: string) =>
  refusal(400, { error: { message, type: 'invalid_request_error', param, code: null } })

describe('a refusal that names a parameter', () => {
  const refusals: [string, Fault, object][] = [
    [
      'the limit, by OpenAI',
      unsupported(
        'max_tokens',
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      ),
      { max_completion_tokens: 100, temperature: 0.2, top_p: 0.9 },
    ],
    [
      'the limit, in words alone',
      unsupported(null, "'max_tokens' is not supported; use max_completion_tokens instead"),
      { max_completion_tokens: 100, temperature: 0.2, top_p: 0.9 },
    ],
    [
      'the temperature, by OpenAI',
      unsupported(
        'temperature',
        "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
      ),
      { max_tokens: 100, top_p: 0.9 },
    ],
    [
      'a parameter, by a server of another kind',
      refusal(422, {
        detail: [{ type: 'extra_forbidden', loc: ['body', 'top_p'], msg: 'Extra inputs' }],
      }),
      { max_tokens: 100, temperature: 0.2 },
    ],
    [
      'a parameter, as a text',
      refusal(400, { error: 'Unrecognized request argument supplied: top_p' }),
      { max_tokens: 100, temperature: 0.2 },
    ],
  ]

  it.each(refusals)('is reacted to once and remembered: %s', async (_what, fault, after) => {
    const asking = model('my-deployment')
    server.failNext('chat', fault)
    expect((await asking.generate(asked, query)).text).toBe('One two.')
    await asking.generate(asked, query)
    const before = { max_tokens: 100, temperature: 0.2, top_p: 0.9 }
    expect(sent()).toEqual([before, after, after])
    expect(notices).toHaveLength(1)
    expect(notices[0]?.message).toMatch(/does not take (?:max_tokens|temperature|top_p)/)
  })

  it('is reacted to for each parameter, in a stream too', async () => {
    const asking = model('my-deployment')
    server.failNext('chat', unsupported('max_tokens', "'max_tokens' is not supported"))
    server.failNext('chat', unsupported('temperature', "'temperature' is not supported"))
    server.failNext('chat', unsupported('stream_options', "Unknown parameter: 'stream_options'"))
    expect((await collect(asking.stream(asked, query))).join('')).toBe('One two.')
    expect(sent().at(-1)).toEqual({ max_completion_tokens: 100, top_p: 0.9 })
    await collect(asking.stream(asked, query))
    expect(server.calls).toHaveLength(5)
  })

  it('is reacted to by all calls that were under way', async () => {
    const asking = model('my-deployment')
    server.failNext('chat', unsupported('temperature', "'temperature' is not supported"), 3)
    server.hold(({ fault }) => fault !== null)
    const calls = Promise.all([1, 2, 3].map(() => asking.generate(asked, query)))
    await server.until(({ running }) => running === 3)
    server.release()
    const answers = await calls
    expect(answers).toHaveLength(3)
    expect(server.calls).toHaveLength(6)
  })

  it('leaves a limit out whose names are both refused', async () => {
    const asking = model('my-deployment')
    server.failNext('chat', unsupported('max_tokens', 'not supported'))
    server.failNext('chat', unsupported('max_completion_tokens', 'not supported'))
    await asking.generate(asked, query)
    expect(sent().at(-1)).toEqual({ temperature: 0.2, top_p: 0.9 })
  })

  it.each([
    ['a value that is too large', unsupported('max_tokens', 'max_tokens is too large: 100')],
    ['a parameter that was not sent', unsupported('seed', "'seed' is not supported")],
    ['a schema', unsupported('response_format', "'response_format' is not supported")],
    ['nothing', refusal(400, {})],
    ['no JSON', { kind: 'raw', reply: () => ({ status: 400, pieces: ['<html>'] }) } as Fault],
  ])('is final when it is about %s', async (_what, fault) => {
    server.failAlways('chat', fault)
    await expect(model('my-deployment').generate(asked, query)).rejects.toMatchObject({
      code: 'model_rejected',
      details: { status: 400 },
    })
    expect(server.calls).toHaveLength(1)
  })

  it('is final when it does not end', async () => {
    server.failAlways('chat', unsupported(null, 'max_tokens, temperature, top_p: not supported'))
    const call = model('my-deployment').generate(asked, query)
    await expect(call).rejects.toMatchObject({ code: 'model_rejected' })
    expect(server.calls.length).toBeLessThanOrEqual(5)
  })
})

describe('what a model thought', () => {
  const usage = (counts: object) =>
    changedBody((body: object) => ({ ...body, usage: { prompt_tokens: 10, ...counts } }))
  it.each([
    [
      'is in the count of what it wrote',
      {
        completion_tokens: 305,
        total_tokens: 315,
        completion_tokens_details: { reasoning_tokens: 300 },
      },
    ],
    [
      'is in the sum alone',
      {
        completion_tokens: 5,
        total_tokens: 315,
        completion_tokens_details: { reasoning_tokens: 300 },
      },
    ],
    [
      'stands beside it',
      { completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 300 } },
    ],
  ])('is counted where it %s', async (_where, counts) => {
    server.failAlways('chat', usage(counts))
    const { usage: counted } = await model('gpt-5').generate(asked, query)
    expect(counted).toEqual({ promptTokens: 10, completionTokens: 305 })
    expect(records).toMatchObject([{ promptTokens: 10, completionTokens: 305 }])
  })

  it('is not made up where nothing is counted', async () => {
    server.failAlways(
      'chat',
      changedBody(({ usage: _, ...body }: { usage: unknown }) => body),
    )
    const { usage: counted } = await model('gpt-5').generate(asked, query)
    expect(counted).toEqual({ promptTokens: 0, completionTokens: 0 })
  })
})
