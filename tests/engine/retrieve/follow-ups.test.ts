import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ModelUnavailable } from '../../../src/engine/ports/engine-error.ts'
import type {
  Answerer,
  AnswerInput,
  ChatMessage,
  QuestionRewriter,
} from '../../../src/engine/ports/models.ts'
import type { QueryData, QueryParams } from '../../../src/engine/retrieve/query-calls.ts'
import { OfflineRewriter } from '../../../src/models/offline/offline-rewriter.ts'
import { openEngine, type TestEngine } from '../open-engine.ts'

const DOCUMENTS = {
  'pump.txt': 'The Tollan pump has a warranty of thirty-six months. It is painted green.',
  'crane.txt': 'The Halvard crane has a warranty of twelve months. It is painted yellow.',
  'lamp.txt': 'The Orrin lamp burns rapeseed oil. Its glass is blown in Narvik.',
  'office.txt': 'The office closes on Fridays at noon. Visitors sign a book.',
}
const said: QueryParams['conversation_history'] = [
  { role: 'user', content: 'What do you know of the Tollan pump?' },
  { role: 'assistant', content: 'The Tollan pump is painted green [1].' },
]

let engine: TestEngine
let seen: AnswerInput[]
let rewrites: { query: string; history: readonly ChatMessage[] }[]

beforeEach(() => {
  seen = []
  rewrites = []
})
afterEach(() => engine.close())

const answerer: Answerer = {
  id: 'seen',
  instant: true,
  prompt: ({ query }) => query,
  async *answer(input) {
    seen.push(input)
    yield input.query
  },
}

async function open(rewriter?: QuestionRewriter, searchWithHistory = true): Promise<void> {
  engine = await openEngine({ answerer, ...(rewriter ? { rewriter } : {}) }, { searchWithHistory })
  await engine.insert({ texts: Object.values(DOCUMENTS), file_sources: Object.keys(DOCUMENTS) })
}

const data = (query: string, more: Partial<QueryParams> = {}): Promise<QueryData> =>
  engine.rag.queryData({ query, mode: 'mix', ...more })
async function firstFile(query: string, more: Partial<QueryParams> = {}) {
  const { chunks } = { chunks: [], ...(await data(query, more)).data }
  return chunks[0]?.file_path
}

describe('a further question without a model', () => {
  beforeEach(() => open())

  it.each([
    'How long is its warranty?',
    'And the warranty?',
    'What about the warranty?',
    'Which warranty?',
    'Und die Garantie, ich meine warranty?',
  ])('finds what the turns before were about: %s', async (query) => {
    expect(await firstFile(query, { conversation_history: said })).toBe('pump.txt')
    const before = [{ role: 'user', content: 'Tell me of the Halvard crane.' }]
    expect(await firstFile(query, { conversation_history: before })).toBe('crane.txt')
  })

  it('takes the names from the answer before, too', async () => {
    const history = [
      { role: 'user', content: 'Which machine is painted yellow?' },
      { role: 'assistant', content: 'The Halvard crane.' },
    ]
    expect(await firstFile('How long is its warranty?', { conversation_history: history })).toBe(
      'crane.txt',
    )
  })

  it.each([
    'When does the office close on Fridays, and what do visitors sign?',
    'Which oil does the Orrin lamp burn and where is its glass blown?',
  ])('that names its own topic is left as it is: %s', async (query) => {
    const alone = await data(query)
    const within = await data(query, { conversation_history: said })
    expect(within).toEqual(alone)
    expect(within.metadata).not.toHaveProperty('searched_for')
  })

  it('says what it searched for, and hands the answerer the question itself', async () => {
    const query = 'How long is its warranty?'
    const { metadata } = await data(query, { conversation_history: said })
    expect(metadata.searched_for).toContain('Tollan pump')
    await engine.rag.query({ query, conversation_history: said })
    expect(seen).toMatchObject([{ query, history: said }])
    expect(seen[0]?.context).toContain('thirty-six months')
  })

  it('is as it always was without a conversation', async () => {
    const query = 'How long is its warranty?'
    const alone = await data(query)
    for (const conversation_history of [[], null, [{ role: 'system', content: 'Be kind.' }]]) {
      expect(await data(query, { conversation_history })).toEqual(alone)
    }
  })

  it('reads no more than the last turns', async () => {
    const long: ChatMessage[] = Array.from({ length: 5000 }, (_, i) => ({
      role: i % 2 === 0 ? 'user' : 'assistant',
      content: `${'The Halvard crane. '.repeat(i < 4990 ? 20 : 0)}The Tollan pump. ${'x'.repeat(9000)}`,
    }))
    const { metadata } = await data('And its warranty?', { conversation_history: long })
    expect(String(metadata.searched_for).length).toBeLessThan(4_000)
    expect(metadata.searched_for).not.toContain('Halvard')
  })
})

describe('a further question with a model', () => {
  const rewriter = (answer: (query: string) => string): QuestionRewriter => ({
    id: 'scripted',
    rewrite: async (query, history) => {
      rewrites.push({ query, history })
      return answer(query)
    },
  })

  it('is searched for as the model has written it', async () => {
    await open(rewriter(() => 'How long is the warranty of the Halvard crane?'))
    const query = 'How long is the warranty of the second?'
    expect(await firstFile(query, { conversation_history: said })).toBe('crane.txt')
    expect(rewrites).toEqual([{ query, history: said }])
    await engine.rag.query({ query, conversation_history: said })
    expect(seen[0]).toMatchObject({ query, history: said })
  })

  it('is written only where there is a conversation', async () => {
    await open(rewriter((query) => query))
    await data('How long is its warranty?')
    await data('How long is its warranty?', {
      conversation_history: [{ role: 'system', content: 'Be kind.' }],
    })
    await engine.rag.query({ query: 'Well?', mode: 'bypass', conversation_history: said })
    expect(rewrites).toEqual([])
  })

  it('can be turned off', async () => {
    await open(
      rewriter(() => 'The Halvard crane?'),
      false,
    )
    expect(await data('Its colour?', { conversation_history: said })).toEqual(
      await data('Its colour?'),
    )
    expect(rewrites).toEqual([])
  })

  it.each([
    ['is out', () => Promise.reject(new ModelUnavailable('out'))],
    ['says nothing', async () => ' '],
    ['says too much', async () => 'Orrin lamp '.repeat(1000)],
  ])('is searched for as it is when the model %s', async (_what, rewrite) => {
    await open({ id: 'bad', rewrite })
    const query = 'How long is the warranty of the Tollan pump?'
    expect(await data(query, { conversation_history: said })).toEqual(await data(query))
  })
})

describe('the rewriter without a model', () => {
  it.each([
    ['Is it green?', true],
    ['it?', true],
    ['And its price?', true],
    ['Cost?', true],
    ['その値段は？', true],
    ['它多少钱？', true],
    ['Did Ada say that she would come?', false],
    ['Where does Ada live?', false],
    ['How many visitors sign the book of the office on Fridays?', false],
    [`Is it green? ${'word '.repeat(100)}`, false],
  ])('puts the turns behind %s: %s', async (query, leans) => {
    const history = [{ role: 'user', content: 'What of the Tollan pump?' }] as const
    const searched = await new OfflineRewriter().rewrite(query, history, { lane: 'query' })
    expect(searched !== query).toBe(leans)
    expect(searched.startsWith(query)).toBe(true)
  })
})
