import { describe, expect, it } from 'vitest'
import type {
  AnswerInput,
  CallOptions,
  ChatMessage,
  Generation,
  LanguageModel,
} from '../../../src/engine/ports/models.ts'
import { LlmAnswerer } from '../../../src/engine/roles/llm-answerer.ts'
import { LlmExtractor } from '../../../src/engine/roles/llm-extractor.ts'
import { LlmKeywords } from '../../../src/engine/roles/llm-keywords.ts'
import { LlmRewriter } from '../../../src/engine/roles/llm-rewriter.ts'
import { LlmSummarizer } from '../../../src/engine/roles/llm-summarizer.ts'

const CALL = { lane: 'query' } as const

/** A model that notes what it is asked, and answers in turn. */
function notingModel(structured: boolean, ...answers: readonly Generation['text'][]) {
  const asked: { messages: readonly ChatMessage[]; options: CallOptions }[] = []
  const model: LanguageModel = {
    id: 'noting',
    structured,
    generate: async (messages, options) => {
      asked.push({ messages, options })
      const text = answers[Math.min(asked.length, answers.length) - 1] ?? ''
      return { text, usage: { promptTokens: 0, completionTokens: 0 } }
    },
    async *stream(messages, options) {
      asked.push({ messages, options })
      yield 'Yes.'
    },
  }
  const prompts = () =>
    asked.map(({ messages }) =>
      messages.map(({ role, content }) => `<<${role}>>\n${content}`).join('\n'),
    )
  return { model, asked, prompts }
}

const ROWS = 'entity<|#|>Mill<|#|>artifact<|#|>The mill grinds.\n<|COMPLETE|>'
const JSON_ANSWER =
  '{"entities": [{"name": "Mill", "type": "artifact", "description": "It grinds."}], "relationships": []}'
const PASSAGE = { text: 'The mill grinds.', filePath: 'mill.md', headings: ['Mills', 'Barrow'] }

describe('what a model is asked', () => {
  it.each([
    ['rows', false, ROWS],
    ['JSON', true, JSON_ANSWER],
  ] as const)('for an extraction as %s, and for what was missed', async (_, held, answer) => {
    const { model, prompts } = notingModel(held, answer)
    await new LlmExtractor(model, { gleaning: true }).extract(PASSAGE, CALL)
    expect(prompts()).toMatchSnapshot()
  })

  it.each(['English', 'German', 'French', 'Spanish', 'Chinese'])(
    'for an extraction in %s has an example in that language',
    async (language) => {
      const { model, prompts } = notingModel(false, ROWS)
      const wording = { language, extraRules: 'Leave prices out.' }
      await new LlmExtractor(model, { gleaning: false, wording }).extract(PASSAGE, CALL)
      expect(prompts()).toMatchSnapshot()
    },
  )

  it('for keywords', async () => {
    const { model, prompts } = notingModel(false, '{}')
    await new LlmKeywords(model, 'German').find('Wie alt ist die Mühle?', CALL)
    expect(prompts()).toMatchSnapshot()
  })

  it('for a question that stands alone', async () => {
    const { model, prompts } = notingModel(false, 'How old is the mill?')
    const history: ChatMessage[] = [
      { role: 'user', content: 'What of the mill?' },
      { role: 'assistant', content: 'It grinds.' },
    ]
    await new LlmRewriter(model).rewrite('How old is it?', history, CALL)
    expect(prompts()).toMatchSnapshot()
  })

  it('for a summary', async () => {
    const { model, prompts } = notingModel(false, 'The mill grinds and is old.')
    const subject = { kind: 'entity', name: 'Mill' } as const
    await new LlmSummarizer(model).summarize(subject, ['It grinds.', 'It is old.'], 100, CALL)
    expect(prompts()).toMatchSnapshot()
  })

  it('for an answer, with and without documents', async () => {
    const { model, prompts } = notingModel(false)
    const input: AnswerInput = {
      query: 'How old is the mill?',
      context: 'Passages\n\nThe mill is old.',
      passages: [{ referenceId: '1', filePath: 'mill.md', content: 'The mill is old.' }],
      references: [{ referenceId: '1', filePath: 'mill.md' }],
      responseType: 'Single Paragraph',
      userPrompt: 'Be brief.',
      history: [{ role: 'user', content: 'Hello.' }],
    }
    const answerer = new LlmAnswerer(model)
    const nothing = { ...input, context: '', passages: [], references: [] }
    for (const one of [input, nothing]) {
      for await (const piece of answerer.answer(one, CALL)) expect(piece).toBe('Yes.')
    }
    expect(prompts()).toMatchSnapshot()
  })
})

it('an extraction asks for the same answer each time, and nothing else does', async () => {
  const extraction = notingModel(false, ROWS)
  await new LlmExtractor(extraction.model, { gleaning: true }).extract(PASSAGE, CALL)
  expect(extraction.asked.map(({ options }) => options.temperature)).toEqual([0, 0])
  const keywords = notingModel(false, '{}')
  await new LlmKeywords(keywords.model).find('How old is the mill?', CALL)
  expect(keywords.asked.map(({ options }) => options.temperature)).toEqual([undefined])
})
