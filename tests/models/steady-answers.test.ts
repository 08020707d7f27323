import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { ModelHealth } from '../../src/engine/ports/model-health.ts'
import { openAiCompatibleModel } from '../../src/models/ai-sdk/openai-compatible-model.ts'
import type { OllamaOptions } from '../../src/models/ollama/ollama-host.ts'
import { ollamaModel } from '../../src/models/ollama/ollama-model.ts'
import { watchedLanguageModel } from '../../src/models/schedule/watched-models.ts'
import { type ModelServer, startModelServer } from '../fixtures/model-server/model-server.ts'
import { QUICK } from './call-settings.ts'

const asked = [{ role: 'user', content: 'Well?' }] as const
const steady = { lane: 'extract', temperature: 0 } as const
let server: ModelServer

beforeAll(async () => {
  server = await startModelServer({ chat: () => 'One two.' })
})
afterAll(() => server.close())
afterEach(() => server.reset())

const openAi = (name: string, sampling = {}) =>
  openAiCompatibleModel({ binding: 'openai', host: server.openAiUrl }, name, {
    calls: QUICK,
    sampling,
  })
const ollama = (options: OllamaOptions) =>
  ollamaModel({ host: server.url }, 'nemo', { calls: QUICK, options })
const temperatures = () => server.calls.map(({ body }) => body.temperature)

it('a call that wants the same answer each time asks for its temperature', async () => {
  await openAi('gpt-4o').generate(asked, steady)
  await openAi('gpt-4o').generate(asked, { lane: 'query' })
  expect(temperatures()).toEqual([0, undefined])
})

it('what an installation has set goes before that', async () => {
  await openAi('gpt-4o', { temperature: 0.7 }).generate(asked, steady)
  await ollama({ temperature: 0.7 }).generate(asked, steady)
  const [first, second] = server.calls
  expect([first?.body.temperature, second?.body.options]).toEqual([0.7, { temperature: 0.7 }])
})

it('a model that takes none is not sent one', async () => {
  await openAi('gpt-5').generate(asked, steady)
  expect(temperatures()).toEqual([undefined])
})

it('Ollama has it among its options', async () => {
  await ollama({ num_ctx: 8192 }).generate(asked, steady)
  expect(server.calls[0]?.body.options).toEqual({ temperature: 0, num_ctx: 8192 })
})

it('the window of a model of Ollama is known, with room for the answer', () => {
  expect(ollama({ num_ctx: 32_768 }).contextTokens).toBe(27_648)
  expect(ollama({ num_ctx: 32_768, num_predict: 768 }).contextTokens).toBe(28_800)
  expect(ollama({ num_ctx: 1000 }).contextTokens).toBe(450)
  expect(ollama({}).contextTokens).toBeUndefined()
  const watched = watchedLanguageModel(ollama({ num_ctx: 32_768 }), new ModelHealth())
  expect(watched.contextTokens).toBe(27_648)
})
