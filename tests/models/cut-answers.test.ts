import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { CacheEntry } from '../../src/engine/ports/model-cache.ts'
import type { ExtractionInput, LanguageModel } from '../../src/engine/ports/models.ts'
import { CachedLanguageModel } from '../../src/engine/roles/cached-language-model.ts'
import { halvesOf } from '../../src/engine/roles/halves-of.ts'
import { LlmExtractor } from '../../src/engine/roles/llm-extractor.ts'
import { LlmKeywords } from '../../src/engine/roles/llm-keywords.ts'
import { LlmSummarizer } from '../../src/engine/roles/llm-summarizer.ts'
import { openAiCompatibleModel } from '../../src/models/ai-sdk/openai-compatible-model.ts'
import type { ModelNotice } from '../../src/models/calls/notices.ts'
import { ollamaModel } from '../../src/models/ollama/ollama-model.ts'
import {
  extractionJson,
  extractionRows,
  type ServedMessage,
} from '../fixtures/model-server/default-answers.ts'
import { changedBody } from '../fixtures/model-server/fault.ts'
import {
  type CutText,
  type ModelServer,
  startModelServer,
} from '../fixtures/model-server/model-server.ts'
import type { RecordedCall } from '../fixtures/model-server/recorded-call.ts'
import { QUICK } from './call-settings.ts'
import { collect } from './collect.ts'

const extract = { lane: 'extract' } as const
let server: ModelServer
let chat: (messages: readonly ServedMessage[], call: RecordedCall) => string | CutText
const notices: ModelNotice[] = []

beforeAll(async () => {
  server = await startModelServer({ chat: (messages, call) => chat(messages, call) })
})
afterAll(() => server.close())
afterEach(() => {
  server.reset()
  notices.length = 0
})

const settings = {
  calls: QUICK,
  onNotice: (notice: ModelNotice) => {
    notices.push(notice)
  },
}
const openAi = (structured: boolean) =>
  openAiCompatibleModel({ binding: 'openai', host: server.openAiUrl, structured }, 'm', settings)
const models: [string, () => LanguageModel][] = [
  ['OpenAI, rows', () => openAi(false)],
  ['OpenAI, JSON', () => openAi(true)],
  [
    'Ollama, rows',
    () => ollamaModel({ host: server.url }, 'm', { ...settings, structured: false }),
  ],
  ['Ollama, JSON', () => ollamaModel({ host: server.url }, 'm', settings)],
]

/** What a model says, cut off at so many characters, as providers cut it at tokens. */
function cutAt(limit: number, whole: string): string | CutText {
  return whole.length <= limit ? whole : { text: whole.slice(0, limit), finish: 'length' }
}

const extraction = (messages: readonly ServedMessage[], { schema }: RecordedCall) =>
  schema === null ? extractionRows(messages) : extractionJson(messages)

/** Names in sentences, so that there are places to cut at. */
const passage = (names: number) =>
  Array.from({ length: names }, (_, i) => `a long road led to Town${i} and on.`).join(' ')
const townsOf = (names: number) => Array.from({ length: names }, (_, i) => `Town${i}`)
const inputOf = (text: string): ExtractionInput => ({ text, filePath: 'towns.md', headings: [] })

describe.each(models)('an extraction that is cut off (%s)', (_name, model) => {
  const extractor = (gleaning = false) => new LlmExtractor(model(), { gleaning })

  it('is gone on with until it is whole', async () => {
    const all = 9
    chat = (messages, call) => {
      const before = messages
        .filter(({ role }) => role === 'assistant')
        .flatMap(({ content }) => townsOf(all).filter((town) => content.includes(town)))
      const named = townsOf(all).filter((town) => !before.includes(town))
      const left = { role: 'user', content: `\`\`\`\n${named.join('; ')}\n\`\`\`` }
      return cutAt(420, extraction([left], call))
    }
    const found = await extractor().extract(inputOf(passage(all)), extract)
    expect(found.entities.map(({ name }) => name).toSorted()).toEqual(townsOf(all))
    for (const { description } of found.entities) expect(description).toMatch(/text\.$/)
    expect(found.incomplete).toBeUndefined()
    expect(server.calls.length).toBeGreaterThan(1)
    expect(server.calls.length).toBeLessThanOrEqual(8)
    const [, further] = server.calls
    expect(further?.messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'user',
    ])
    expect(notices[0]?.message).toContain('LLM_MAX_TOKENS')
  })

  it('is asked for in halves when going on brings nothing new', async () => {
    chat = (messages, call) => cutAt(1500, extraction(messages.slice(0, 2), call))
    const found = await extractor(true).extract(inputOf(passage(12)), extract)
    expect(found.entities.map(({ name }) => name).toSorted()).toEqual(townsOf(12).toSorted())
    expect(found.incomplete).toBeUndefined()
    expect(server.calls.length).toBeLessThanOrEqual(8)
  })

  it('keeps complete records and says that some are missing when nothing helps', async () => {
    chat = (messages, call) => cutAt(330, extraction(messages.slice(0, 2), call))
    const found = await extractor(true).extract(inputOf(passage(30)), extract)
    expect(found.incomplete).toBe(
      "The model's answer was cut off at its limit of tokens; what came before is kept",
    )
    expect(found.entities.length).toBeGreaterThan(0)
    for (const { name, description } of found.entities) {
      expect(townsOf(30)).toContain(name)
      expect(description).toBe(`${name} is named in the text.`)
    }
    for (const { description } of found.relations) expect(description).toMatch(/ beside Town\d+\.$/)
    expect(server.calls.length).toBeLessThanOrEqual(8)
  })

  it('is refused when it never comes to a record, and not asked for in another form', async () => {
    chat = () => ({ text: 'Let me think about the passage, which ', finish: 'length' })
    await expect(extractor().extract(inputOf(passage(30)), extract)).rejects.toMatchObject({
      code: 'model_rejected',
      message: "The model's answer was cut off at its limit of tokens",
    })
    expect(server.calls.length).toBeLessThanOrEqual(8)
  })

  it('may be empty, as when a model has spent its limit on reasoning', async () => {
    chat = (messages, call) => {
      const text = messages[1]?.content ?? ''
      return text.length > 700 ? { text: '', finish: 'length' } : extraction(messages, call)
    }
    const found = await extractor().extract(inputOf(passage(16)), extract)
    expect(found.entities).toHaveLength(16)
  })

  it('by a content filter is not gone on with, but asked for in halves', async () => {
    chat = (messages, call) => {
      const said = extraction(messages, call)
      const isFiltered = (messages[1]?.content ?? '').includes('Town3 ')
      return isFiltered ? { text: said.slice(0, 300), finish: 'content_filter' } : said
    }
    const found = await extractor().extract(inputOf(passage(20)), extract)
    expect(server.calls.every(({ messages }) => messages.length === 2)).toBe(true)
    expect(found.incomplete).toContain('content filter')
    expect(found.entities.map(({ name }) => name)).toContain('Town19')
  })

  it('keeps the first look when the second is cut off, and says so', async () => {
    chat = (messages, call) => {
      if (messages.length === 2) return extraction(messages, call)
      const named = { role: 'user', content: '```\nMoretown and Othertown\n```' }
      return {
        text: extraction([named], call).slice(0, call.schema === null ? 75 : 100),
        finish: 'length',
      }
    }
    const found = await extractor(true).extract(inputOf(passage(3)), extract)
    expect(found.entities.map(({ name }) => name)).toEqual([...townsOf(3), 'Moretown'])
    expect(found.incomplete).toContain('limit of tokens')
  })

  it('keeps the first look when the provider refuses the second', async () => {
    chat = (messages, call) => {
      server.failNext('chat', { kind: 'status', status: 400 })
      return extraction(messages, call)
    }
    const found = await extractor(true).extract(inputOf(passage(3)), extract)
    expect(server.calls).toHaveLength(2)
    expect(found.entities.map(({ name }) => name)).toEqual(townsOf(3))
  })
})

describe('an answer of Ollama without its end', () => {
  it('is taken for cut off', async () => {
    server.failAlways(
      'chat',
      changedBody((body: object) => ({ ...body, done: false })),
    )
    chat = extraction
    const model = ollamaModel({ host: server.url }, 'm', { ...settings, structured: false })
    expect(await model.generate([{ role: 'user', content: 'A Town.' }], extract)).toMatchObject({
      cut: 'unfinished',
    })
  })
})

describe.each([
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['MAX_TOKENS', 'length'],
  ['model_length', 'length'],
  ['content_filter', 'content_filter'],
  ['content-filter', 'content_filter'],
  ['SAFETY', 'content_filter'],
  ['error', 'unfinished'],
  ['abort', 'unfinished'],
  ['stop', undefined],
  ['eos_token', undefined],
  ['tool_calls', undefined],
])('the end %s', (finish, cut) => {
  it.each(models)(`of an answer is read as ${cut}, of a stream too (%s)`, async (_name, model) => {
    chat = () => ({ text: 'One two', finish })
    const asked = [{ role: 'user', content: 'Well?' }] as const
    expect((await model().generate(asked, extract)).cut).toBe(cut)
    const cuts: unknown[] = []
    const onCut = (reason: unknown) => cuts.push(reason)
    expect((await collect(model().stream(asked, { ...extract, onCut }))).join('')).toBe('One two')
    expect(cuts).toEqual(cut === undefined ? [] : [cut])
  })
})

describe('a stream that is cut off before its first word', () => {
  it.each(models)('is refused after one call, with the reason (%s)', async (_name, model) => {
    chat = () => ({ text: '', finish: 'length' })
    const reading = collect(model().stream([{ role: 'user', content: 'Well?' }], extract))
    await expect(reading).rejects.toMatchObject({
      code: 'model_rejected',
      message: expect.stringContaining('limit of tokens before its first word'),
    })
    expect(server.calls).toHaveLength(1)
  })
})

describe('a summary that is cut off', () => {
  const subject = { kind: 'entity', name: 'Barrow' } as const
  const descriptions = ['Barrow has a mill.', 'Barrow lies by a stream.', 'Barrow is old.']
  const summary = (maxTokens: number) =>
    new LlmSummarizer(openAi(false)).summarize(subject, descriptions, maxTokens, {
      lane: 'summary',
    })

  it('is asked for again, shorter', async () => {
    chat = (messages) => {
      const asked = Number(/At most (\d+) tokens/.exec(messages[0]?.content ?? '')?.[1])
      return asked > 300
        ? { text: 'Barrow has a mill, and '.repeat(60), finish: 'length' }
        : 'Barrow.'
    }
    expect(await summary(600)).toBe('Barrow.')
    expect(server.calls).toHaveLength(2)
  })

  it('is never taken by half: the descriptions stand for it', async () => {
    chat = () => ({ text: 'Barrow has a mill and lies by a', finish: 'length' })
    expect(await summary(600)).toBe(descriptions.join('<SEP>'))
    expect(server.calls).toHaveLength(3)
    expect(await summary(10)).toBe(descriptions.slice(0, 1).join('<SEP>'))
  })
})

describe('keywords that are cut off', () => {
  it('are those that came whole', async () => {
    chat = () => ({
      text: '{"high_level_keywords": ["milling"], "low_level_keywords": ["Barrow", "Cold Str',
      finish: 'length',
    })
    const found = await new LlmKeywords(openAi(false)).find('What of Barrow?', extract)
    expect(found).toEqual({ high: ['milling'], low: ['Barrow'] })
  })
})

describe('what is kept of answers', () => {
  const entries = new Map<string, CacheEntry>()
  const cache = {
    get: async (key: string) => entries.get(key)?.value ?? null,
    put: async (entry: CacheEntry) => {
      entries.set(entry.key, entry)
    },
  }
  const asked = [{ role: 'user', content: 'A Town.' }] as const
  afterEach(() => entries.clear())

  it('is none that was cut off', async () => {
    chat = () => ({
      text: 'entity<|#|>Town<|#|>place<|#|>A town.\nentity<|#|>To',
      finish: 'length',
    })
    await new CachedLanguageModel(openAi(false), cache, 'extract').generate(asked, extract)
    expect(entries.size).toBe(0)
  })

  it('is asked for anew wherever something else shapes the answer', async () => {
    chat = () => 'An answer.'
    const other = await startModelServer({ chat: () => 'An answer.' })
    const host = { binding: 'openai', host: server.openAiUrl }
    const shapes: LanguageModel[] = [
      openAiCompatibleModel(host, 'm'),
      openAiCompatibleModel(host, 'm2'),
      openAiCompatibleModel({ ...host, host: other.openAiUrl }, 'm'),
      openAiCompatibleModel({ ...host, extraBody: { top_k: 4 } }, 'm'),
      openAiCompatibleModel(host, 'm', { sampling: { temperature: 0 } }),
      openAiCompatibleModel(host, 'm', { sampling: { temperature: 1 } }),
      openAiCompatibleModel(host, 'm', { sampling: { maxOutputTokens: 100 } }),
      openAiCompatibleModel(host, 'm', { sampling: { maxOutputTokens: 200 } }),
      ollamaModel({ host: server.url }, 'm'),
      ollamaModel({ host: other.url }, 'm'),
      ollamaModel({ host: server.url }, 'm', { options: { num_ctx: 2048 } }),
      ollamaModel({ host: server.url }, 'm', { options: { num_ctx: 4096 } }),
      ollamaModel({ host: server.url }, 'm', { options: { num_predict: 100 } }),
    ]
    for (const model of [...shapes, ...shapes]) {
      await new CachedLanguageModel(model, cache, 'extract').generate(asked, extract)
    }
    expect(entries.size).toBe(shapes.length)
    expect(server.calls.length + other.calls.length).toBe(shapes.length)
    const format = { name: 'a', schema: { type: 'object' } }
    await new CachedLanguageModel(openAi(true), cache, 'extract').generate(asked, {
      ...extract,
      format,
    })
    expect(entries.size).toBe(shapes.length + 1)
    await other.close()
  })
})

describe('halves of a text', () => {
  it.each([
    ['word '.repeat(100), / $/],
    [`${'A sentence of words. '.repeat(30)}`, /\. $/],
    [`${'x'.repeat(140)}\n\n${'y'.repeat(160)}`, /\n\n$/],
    ['😀'.repeat(151), /^(?:😀)+$/u],
  ])('end where something ends, and are the whole together', (text, end) => {
    const [first, second] = halvesOf(text) ?? ['', '']
    expect(first + second).toBe(text)
    expect(first).toMatch(end)
    expect(Math.min(first.length, second.length)).toBeGreaterThan(text.length / 4)
  })

  it('are not made of a short text', () => {
    expect(halvesOf('short')).toBeNull()
  })
})
