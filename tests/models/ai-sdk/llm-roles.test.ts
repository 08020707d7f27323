import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AnswerInput } from '../../../src/engine/ports/models.ts'
import { LlmAnswerer } from '../../../src/engine/roles/llm-answerer.ts'
import { isUsableExtraction, LlmExtractor } from '../../../src/engine/roles/llm-extractor.ts'
import { isUsableKeywords, LlmKeywords } from '../../../src/engine/roles/llm-keywords.ts'
import { LlmSummarizer } from '../../../src/engine/roles/llm-summarizer.ts'
import { openAiCompatibleModel } from '../../../src/models/ai-sdk/openai-compatible-model.ts'
import type { ServedMessage } from '../../fixtures/model-server/default-answers.ts'
import { extractionJson, extractionRows } from '../../fixtures/model-server/default-answers.ts'
import { type ModelServer, startModelServer } from '../../fixtures/model-server/model-server.ts'
import { QUICK } from '../call-settings.ts'
import { collect } from '../collect.ts'

let server: ModelServer
let chat: (messages: readonly ServedMessage[]) => string = extractionRows
const extract = { lane: 'extract' } as const
const query = { lane: 'query' } as const

beforeAll(async () => {
  server = await startModelServer({ chat: (messages) => chat(messages) })
})
afterAll(() => server.close())
afterEach(() => {
  server.reset()
  chat = extractionRows
})

const model = () =>
  openAiCompatibleModel({ binding: 'openai', host: server.openAiUrl }, 'm', { calls: QUICK })
const promptOf = (call: number) =>
  server.calls[call]?.messages.map((message) => message.content).join('\n') ?? ''

describe('extraction by a language model', () => {
  const chunk = {
    text: 'the mill of Barrow feeds Cold Stream',
    filePath: 'mill.md',
    headings: ['Rivers', 'North'],
  }

  it('shows the chunk, its document and headings, and reads the rows', async () => {
    const found = await new LlmExtractor(model(), { gleaning: false }).extract(chunk, extract)
    expect(found.entities.map(({ name }) => name)).toEqual(['Barrow', 'Cold Stream'])
    expect(found.relations).toHaveLength(1)
    expect(server.calls).toHaveLength(1)
    for (const shown of [chunk.text, 'mill.md', 'Rivers > North']) {
      expect(server.calls[0]?.messages[1]?.content).toContain(shown)
    }
  })

  it('keeps the chunk out of the part that providers cache', async () => {
    const extractor = new LlmExtractor(model(), { gleaning: false })
    await extractor.extract(chunk, extract)
    await extractor.extract({ ...chunk, text: 'another Text' }, extract)
    expect(server.calls[0]?.messages[0]).toEqual(server.calls[1]?.messages[0])
  })

  it('shows a chunk with code fences whole', async () => {
    const text = 'before\n```js\nconst Tree = 1\n```\nafter'
    await new LlmExtractor(model(), { gleaning: false }).extract({ ...chunk, text }, extract)
    expect(server.calls[0]?.messages[1]?.content).toContain(`\`\`\`\`\n${text}\n\`\`\`\``)
  })

  it('asks once more for what was missed, and keeps the longer description', async () => {
    chat = (messages) =>
      messages.length === 2
        ? 'entity<|#|>Barrow<|#|>Location<|#|>Short.\n<|COMPLETE|>'
        : 'entity<|#|>Barrow<|#|>Location<|#|>Much longer.\n' +
          'entity<|#|>Mill<|#|>Artifact<|#|>A mill.\n<|COMPLETE|>'
    const found = await new LlmExtractor(model(), { gleaning: true }).extract(chunk, extract)
    expect(found.entities.map(({ description }) => description)).toEqual([
      'Much longer.',
      'A mill.',
    ])
    expect(server.calls[1]?.messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'user',
    ])
  })

  it('accepts that a passage holds nothing, but not prose', async () => {
    const extractor = new LlmExtractor(model(), { gleaning: false })
    chat = () => '<|COMPLETE|>'
    expect(await extractor.extract(chunk, extract)).toEqual({ entities: [], relations: [] })
    chat = () => 'I am sorry, I cannot help with that.'
    await expect(extractor.extract(chunk, extract)).rejects.toMatchObject({
      code: 'model_rejected',
    })
    expect(['<|COMPLETE|>', 'I am sorry.'].map(isUsableExtraction)).toEqual([true, false])
  })

  const held = () =>
    openAiCompatibleModel({ binding: 'openai', host: server.openAiUrl, structured: true }, 'm', {
      calls: QUICK,
    })

  it('asks a model that can be held to a schema for JSON by that schema', async () => {
    chat = (messages) => extractionJson(messages)
    const found = await new LlmExtractor(held(), { gleaning: true }).extract(chunk, extract)
    expect(found.entities.map(({ name }) => name)).toEqual(['Barrow', 'Cold Stream'])
    expect(found.relations).toHaveLength(1)
    expect(server.calls.map(({ schema }) => schema)).toEqual([
      expect.objectContaining({ required: ['entities', 'relationships'] }),
      expect.objectContaining({ required: ['entities', 'relationships'] }),
    ])
    expect(promptOf(0)).not.toContain('<|')
  })

  it('reads what came of a JSON answer before it was cut off', async () => {
    chat = (messages) => `Here it is: ${extractionJson(messages).slice(0, -40)}`
    const found = await new LlmExtractor(held(), { gleaning: false }).extract(chunk, extract)
    expect(found.entities.map(({ name }) => name)).toEqual(['Barrow', 'Cold Stream'])
    expect(found.relations).toEqual([])
  })

  it('takes two empty lists for a passage that holds nothing, but no other object', async () => {
    chat = () => '{"entities": [], "relationships": []}'
    const extractor = new LlmExtractor(held(), { gleaning: false })
    expect(await extractor.extract(chunk, extract)).toEqual({ entities: [], relations: [] })
    chat = () => '{"error": "no"}'
    await expect(extractor.extract(chunk, extract)).rejects.toMatchObject({
      code: 'model_rejected',
    })
    expect(['{"entities": []}', '{"error": "no"}'].map(isUsableExtraction)).toEqual([true, false])
  })

  it('asks for rows from then on when the provider takes no schema', async () => {
    const extractor = new LlmExtractor(held(), { gleaning: false })
    server.failNext('chat', { kind: 'status', status: 400, message: 'response_format' })
    const first = await extractor.extract(chunk, extract)
    const second = await extractor.extract({ ...chunk, text: 'Old Bridge' }, extract)
    expect([...first.entities, ...second.entities].map(({ name }) => name)).toEqual([
      'Barrow',
      'Cold Stream',
      'Old Bridge',
    ])
    expect(server.calls.map(({ schema }) => schema !== null)).toEqual([true, false, false])
  })

  it('goes on asking for JSON when a provider refuses one passage in any form', async () => {
    const extractor = new LlmExtractor(held(), { gleaning: false })
    server.failNext('chat', { kind: 'status', status: 400, message: 'filtered' }, 2)
    await expect(extractor.extract(chunk, extract)).rejects.toMatchObject({
      code: 'model_rejected',
    })
    chat = (messages) => extractionJson(messages)
    await extractor.extract(chunk, extract)
    expect(server.calls.map(({ schema }) => schema !== null)).toEqual([true, false, true])
  })

  it('has another id for other entity types, language, rules, gleaning and model', () => {
    const ids = [
      { gleaning: false },
      { gleaning: true },
      { gleaning: false, wording: { entityTypes: ['Gene'] } },
      { gleaning: false, wording: { language: 'German' } },
      { gleaning: false, wording: { extraRules: 'Skip dates.' } },
    ].map((settings) => new LlmExtractor(model(), settings).id)
    expect(new Set(ids).size).toBe(5)
    expect(new LlmExtractor(model(), { gleaning: false }).id).toBe(ids[0])
  })
})

describe('keywords by a language model', () => {
  const answers: [string, string[], string[]][] = [
    ['{"high_level_keywords": ["a b"], "low_level_keywords": ["C"]}', ['a b'], ['C']],
    ['Sure:\n```json\n{"high_level_keywords": ["a",], "low_level_keywords": []}\n```', ['a'], []],
    ['{"high_level_keywords": "a, b，c", "low_level_keywords": null}', ['a', 'b', 'c'], []],
    ["{'high_level_keywords': ['a'], 'low_level_keywords': ['C D']}", ['a'], ['C D']],
    ['{"high_level_keywords": ["a"], "low_level_keywords": ["C", "D"', ['a'], ['C', 'D']],
    ['{"high_level_keywords": ["a", "a", " "], "low_level_keywords": [7, {}]}', ['a'], ['7']],
    ['I do not know.', [], []],
    ['[1]', [], []],
  ]

  it.each(answers)('are read from %j', async (answer, high, low) => {
    chat = () => answer
    expect(await new LlmKeywords(model()).find('What?', query)).toEqual({ high, low })
    expect(isUsableKeywords(answer)).toBe(high.length + low.length > 0)
  })

  it('are asked for with the question alone, quoted', async () => {
    chat = () => '{}'
    await new LlmKeywords(model()).find('Is "it"\nso?', query)
    expect(promptOf(0)).toContain('Question: "Is \\"it\\"\\nso?"')
    expect(server.calls[0]?.messages).toHaveLength(1)
  })
})

describe('a summary by a language model', () => {
  it('is made of all descriptions, one a line, and comes back clean', async () => {
    chat = () => ' A & B\u0000 '
    const subject = { kind: 'entity', name: 'Barrow' } as const
    const texts = ['First.', 'Second,\ntwo lines.']
    const text = await new LlmSummarizer(model()).summarize(subject, texts, 600, {
      lane: 'summary',
    })
    expect(text).toBe('A & B')
    expect(promptOf(0)).toContain(
      '{"Description":"First."}\n{"Description":"Second,\\ntwo lines."}',
    )
    expect(promptOf(0)).toContain('At most 600 tokens')
  })
})

describe('an answer by a language model', () => {
  const input: AnswerInput = {
    query: 'Who feeds it?',
    context: 'CONTEXT with {user_prompt} and $& inside',
    passages: [{ referenceId: '1', filePath: 'mill.md', content: 'The mill.' }],
    references: [{ referenceId: '1', filePath: 'mill.md' }],
    responseType: 'Single Paragraph',
    userPrompt: 'Rhyme.',
    history: [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hello to you' },
    ],
  }

  it('is streamed from context, history and question', async () => {
    chat = () => 'The mill does.'
    expect(await collect(new LlmAnswerer(model()).answer(input, query))).toHaveLength(3)
    const [system, ...rest] = server.calls[0]?.messages ?? []
    expect(system?.content).toContain(input.context)
    expect(system?.content).toContain('Single Paragraph')
    expect(system?.content).toContain('Additional instructions: Rhyme.')
    expect(system?.content).toContain('### References')
    expect(rest).toEqual([...input.history, { role: 'user', content: input.query }])
  })

  it('without context is the model’s own, from history and question', async () => {
    chat = () => 'Who knows.'
    const bare = { ...input, context: '', passages: [], references: [], userPrompt: '' }
    await collect(new LlmAnswerer(model()).answer(bare, query))
    expect(server.calls[0]?.messages).toEqual([
      ...input.history,
      { role: 'user', content: input.query },
    ])
  })

  it('shows the prompt it would send', () => {
    const prompt = new LlmAnswerer(model()).prompt({ ...input, userPrompt: ' ' })
    expect(prompt).toContain(input.context)
    expect(prompt).toContain('Additional instructions: n/a')
    expect(prompt.endsWith('Who feeds it?')).toBe(true)
  })

  it('follows a prompt of the installation', () => {
    const answerer = new LlmAnswerer(model(), 'As {response_type}: {content_data} {other}')
    expect(answerer.prompt(input)).toContain(`As Single Paragraph: ${input.context} {other}`)
    expect(answerer.id).not.toBe(new LlmAnswerer(model()).id)
  })
})
