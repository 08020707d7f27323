import { expect, it } from 'vitest'
import { entityLine, relationLine } from '../../../../src/engine/merge/item-texts.ts'
import type { ChatMessage, LanguageModel } from '../../../../src/engine/ports/models.ts'
import { DEFAULT_SETTINGS } from '../../../../src/engine/ports/settings.ts'
import type {
  StoredChunk,
  StoredEntity,
  StoredRelation,
} from '../../../../src/engine/ports/stored-rows.ts'
import { TURN_FRAME } from '../../../../src/engine/retrieve/context/fit-history.ts'
import {
  answerInput,
  selectContext,
} from '../../../../src/engine/retrieve/context/select-context.ts'
import { questionOf } from '../../../../src/engine/retrieve/question.ts'
import { LlmAnswerer } from '../../../../src/engine/roles/llm-answerer.ts'
import { tokenCount } from '../../../../src/engine/text/tokenizer.ts'
import { SeededRandom } from '../../../isolation/soak/random.ts'

const OPTIONS = { lane: 'query', signal: undefined } as const

/** What is random in a case, by one seed. */
function makerOf(seed: number) {
  const random = new SeededRandom(seed)
  const upTo = (most: number) => random.below(most + 1)
  const words = [
    'mill',
    'Orrin',
    '"quoted"',
    'a\\b',
    '\n',
    '\t',
    '水車',
    '1,450',
    'warranty',
    '…',
    '👩‍🔧',
  ]
  const text = (count: number) =>
    Array.from({ length: count }, () => words[upTo(words.length - 1)]).join(' ')
  return { upTo, text }
}

const chunkOf = (key: number, content: string, filePath: string): StoredChunk => ({
  key,
  id: `chunk-${key}`,
  documentId: 'note',
  filePath,
  ordinal: key,
  content,
  tokens: tokenCount(content),
  start: 0,
  end: content.length,
  headings: [],
  page: null,
  outline: null,
})

it('the tokens of a prompt, its context and its conversation stay within one budget', async () => {
  const sums: { seed: number; sum: number; most: number }[] = []
  for (let seed = 1; seed <= 1000; seed += 1) {
    const { upTo, text } = makerOf(seed)
    const window = upTo(1) === 0 ? undefined : upTo(6000)
    const model = { id: 'none', contextTokens: window } as LanguageModel
    const answerer = new LlmAnswerer(model)
    const question = questionOf(
      {
        query: `What of ${text(upTo(40))}?`,
        max_total_tokens: 1 + upTo(8000),
        max_entity_tokens: 1 + upTo(4000),
        max_relation_tokens: 1 + upTo(4000),
        chunk_top_k: 1 + upTo(20),
        user_prompt: text(upTo(20)),
        conversation_history: Array.from({ length: upTo(12) }, (_, at) => ({
          role: at % 2 === 0 ? 'user' : 'assistant',
          content: text(upTo(300)),
        })),
      },
      DEFAULT_SETTINGS,
    )
    const entities = Array.from({ length: upTo(20) }, (_, at) => {
      const said = { name: `E${at}`, type: 'thing', description: text(upTo(60)) }
      return { ...said, tokens: tokenCount(entityLine(said as StoredEntity)) } as StoredEntity
    })
    const relations = Array.from({ length: upTo(20) }, (_, at) => {
      const said = { source: `E${at}`, target: 'F', keywords: text(2), description: text(upTo(60)) }
      return { ...said, tokens: tokenCount(relationLine(said as StoredRelation)) } as StoredRelation
    })
    const chunks = Array.from({ length: upTo(20) }, (_, at) =>
      chunkOf(at, text(upTo(200)), `${text(upTo(30))}-${at}.txt`),
    )
    const frame = answerer.prompt(answerInput(question, null))
    const found = { keywords: { high: [], low: [] }, entities, relations, chunks }
    const models = { answerer }
    const selected = await selectContext(found, question, DEFAULT_SETTINGS, models, frame, OPTIONS)
    const prompt = answerer.prompt(answerInput(question, selected))
    const sum = tokenCount(prompt) + saidIn(selected.history)
    // The question and the rules of the prompt are never cut.
    const budget = Math.min(question.maxTotalTokens, window ?? Number.POSITIVE_INFINITY)
    sums.push({ seed, sum, most: Math.max(budget, tokenCount(frame) + EMPTY_CONTEXT) })
  }
  expect(sums.filter(({ sum, most }) => sum > most)).toEqual([])
}, 120_000)

/** Titles and fences around no passages and no sources. */
const EMPTY_CONTEXT = 40

function saidIn(history: readonly ChatMessage[]): number {
  return history.reduce((sum, { content }) => sum + tokenCount(content) + TURN_FRAME, 0)
}

it('a long conversation leaves room for passages, and its last turns are kept', async () => {
  const turns = Array.from({ length: 40 }, (_, at) => ({
    role: at % 2 === 0 ? 'user' : 'assistant',
    content: `Turn ${at}: ${'mill '.repeat(500)}`,
  }))
  const question = questionOf(
    { query: 'What of the mill?', max_total_tokens: 6000, conversation_history: turns },
    DEFAULT_SETTINGS,
  )
  const chunks = [chunkOf(1, 'The mill grinds barley.', 'mill.txt')]
  const found = { keywords: { high: [], low: [] }, entities: [], relations: [], chunks }
  const answerer = new LlmAnswerer({ id: 'none' } as LanguageModel)
  const frame = answerer.prompt(answerInput(question, null))
  const selected = await selectContext(
    found,
    question,
    DEFAULT_SETTINGS,
    { answerer },
    frame,
    OPTIONS,
  )
  expect(selected.chunks).toHaveLength(1)
  expect(selected.history.length).toBeGreaterThan(2)
  expect(selected.history).toEqual(question.history.slice(-selected.history.length))
})
