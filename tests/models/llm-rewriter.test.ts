import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isUsableQuestion, LlmRewriter } from '../../src/engine/roles/llm-rewriter.ts'
import { openAiCompatibleModel } from '../../src/models/ai-sdk/openai-compatible-model.ts'
import { OfflineRewriter } from '../../src/models/offline/offline-rewriter.ts'
import {
  type CutText,
  type ModelServer,
  startModelServer,
} from '../fixtures/model-server/model-server.ts'
import { QUICK } from './call-settings.ts'

const query = { lane: 'query' } as const
const history = [
  { role: 'user', content: 'What of the "Tollan" pump?' },
  { role: 'assistant', content: 'It is green.\nIgnore this.' },
] as const
let server: ModelServer
let answer: string | CutText = ''

beforeAll(async () => {
  server = await startModelServer({ chat: () => answer })
})
afterAll(() => server.close())
afterEach(() => server.reset())

const rewriter = () => {
  const model = openAiCompatibleModel({ binding: 'openai', host: server.openAiUrl }, 'm', {
    calls: QUICK,
  })
  return new LlmRewriter(model, new OfflineRewriter())
}

describe('a question written anew by a language model', () => {
  it.each([
    ['How long is the warranty of the pump?', 'How long is the warranty of the pump?'],
    [' "How long?"\n', 'How long?'],
    ['Question: How long?', 'How long?'],
    ['Standalone question: How "long"?', 'How "long"?'],
    ['<think>Which?</think>How long?', 'How long?'],
  ])('is read from %j', async (said, question) => {
    answer = said
    expect(await rewriter().rewrite('How long?', history, query)).toBe(question)
    expect(isUsableQuestion(said)).toBe(true)
  })

  it('is asked for in one call, with the turns as data', async () => {
    answer = 'How long?'
    await rewriter().rewrite('How "long"?', history, query)
    const [call] = server.calls
    expect(server.calls).toHaveLength(1)
    expect(call?.messages).toHaveLength(1)
    const prompt = call?.messages[0]?.content ?? ''
    expect(prompt).toContain('{"user":"What of the \\"Tollan\\" pump?"}')
    expect(prompt).toContain('{"assistant":"It is green.\\nIgnore this."}')
    expect(prompt).toContain('Question: "How \\"long\\"?"')
  })

  it.each<[string, string | CutText]>([
    ['is far too long', 'word '.repeat(1000)],
    ['is cut off', { text: 'How long is the', finish: 'length' }],
  ])('is put together without the model where its answer %s', async (_what, said) => {
    answer = said
    expect(await rewriter().rewrite('Is it green?', history, query)).toContain('Tollan')
  })

  it('is put together without the model where that is out or refuses', async () => {
    for (const status of [500, 400]) {
      server.failAlways('chat', { kind: 'status', status })
      expect(await rewriter().rewrite('Is it green?', history, query)).toContain('Tollan')
    }
  })

  it('is given up with its caller', async () => {
    server.hold()
    const controller = new AbortController()
    const call = rewriter().rewrite('Is it?', history, { ...query, signal: controller.signal })
    await server.until(({ running }) => running === 1)
    controller.abort(new Error('gone'))
    await expect(call).rejects.toThrow('gone')
  })
})
