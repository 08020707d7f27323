import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { EngineError } from '../../src/engine/ports/engine-error.ts'
import type { LanguageModel } from '../../src/engine/ports/models.ts'
import { openAiCompatibleModel } from '../../src/models/ai-sdk/openai-compatible-model.ts'
import { ollamaModel } from '../../src/models/ollama/ollama-model.ts'
import type { Fault } from '../fixtures/model-server/fault.ts'
import { type ModelServer, startModelServer } from '../fixtures/model-server/model-server.ts'
import { QUICK } from './call-settings.ts'

const asked = [{ role: 'user', content: 'Well?' }] as const
const query = { lane: 'query' } as const
let server: ModelServer

beforeAll(async () => {
  server = await startModelServer({ chat: () => 'One two three.' })
})
afterAll(() => server.close())
afterEach(() => server.reset())

const openAi = () =>
  openAiCompatibleModel({ binding: 'openai', host: server.openAiUrl }, 'm', { calls: QUICK })
const ollama = () => ollamaModel({ host: server.url }, 'm', { calls: QUICK })

/** So many lines of a proper stream, then these. */
const inStream = (before: number, ...lines: string[]): Fault => ({
  kind: 'raw',
  reply: (proper) => ({ pieces: [...proper.lines.slice(0, before), ...lines] }),
})
const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`
const line = (data: unknown) => `${JSON.stringify(data)}\n`
const whole = (body: unknown): Fault => ({
  kind: 'raw',
  reply: () => ({ pieces: [JSON.stringify(body)] }),
})

async function outcome(model: LanguageModel): Promise<{ pieces: string[]; error: EngineError }> {
  const pieces: string[] = []
  try {
    for await (const piece of model.stream(asked, query)) pieces.push(piece)
  } catch (error) {
    if (error instanceof EngineError) return { pieces, error }
    throw error
  }
  throw new Error('no error came')
}

type Said = readonly [what: string, error: unknown, code: string, message: RegExp]
const ERRORS: readonly Said[] = [
  [
    'an object',
    { message: 'out of memory' },
    'model_unavailable',
    /reports an error: out of memory$/,
  ],
  ['a text', 'out of memory', 'model_unavailable', /reports an error: out of memory$/],
  ['a number as code', { message: 'busy', code: 503 }, 'model_unavailable', /error: busy$/],
  [
    'a rate',
    { message: 'slow down', code: 'rate_limit_exceeded' },
    'model_unavailable',
    /slow down$/,
  ],
  [
    'a refusal',
    { message: 'too long', type: 'invalid_request_error', code: 'context_length_exceeded' },
    'model_rejected',
    /reports an error: too long$/,
  ],
  ['a refusal by its number', { message: 'too long', code: 400 }, 'model_rejected', /too long$/],
  ['a bad key', { message: 'key sk-abcdef1234', code: 401 }, 'model_rejected', /the credentials/],
  ['nothing more', {}, 'model_unavailable', /reports an error$/],
]

describe.each([
  ['OpenAI', openAi, event],
  ['Ollama', ollama, line],
] as const)('an error within a stream of %s', (_name, model, asLine) => {
  it.each(ERRORS)('is told as what it is: %s', async (_what, said, code, message) => {
    server.failAlways('chat', inStream(2, asLine({ error: said })))
    const { pieces, error } = await outcome(model())
    expect(pieces).toEqual(['One', ' two'])
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(server.calls).toHaveLength(1)
  })

  it('before the first piece is worth another attempt, unless it is a refusal', async () => {
    const busy = { message: 'busy at http://10.0.0.7:8000' }
    server.failAlways('chat', inStream(0, asLine({ error: busy })))
    const { error } = await outcome(model())
    expect(error).toMatchObject({
      code: 'model_unavailable',
      message: expect.stringMatching(/reports an error: busy at \[address\]$/),
    })
    expect(server.calls).toHaveLength(3)
    server.reset()
    server.failAlways('chat', inStream(0, asLine({ error: { message: 'no', code: 400 } })))
    expect((await outcome(model())).error.code).toBe('model_rejected')
    expect(server.calls).toHaveLength(1)
  })

  it('with status 200 in place of a whole answer is told likewise', async () => {
    for (const [, said, code, message] of ERRORS) {
      server.failAlways('chat', whole({ error: said }))
      await expect(model().generate(asked, query)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      })
    }
  })
})

it.each([
  { object: 'error', message: 'out of memory', code: 500 },
  { type: 'error', error: { type: 'overloaded_error', message: 'out of memory' } },
])('an error event in another form is told too: %j', async (said) => {
  server.failAlways('chat', inStream(1, event(said)))
  const { error } = await outcome(openAi())
  expect(error.message).toMatch(/reports an error: out of memory$/)
})
