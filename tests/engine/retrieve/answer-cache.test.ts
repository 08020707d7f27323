import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ModelUnavailable } from '../../../src/engine/ports/engine-error.ts'
import type { Answerer } from '../../../src/engine/ports/models.ts'
import type { QueryEvent, QueryParams } from '../../../src/engine/retrieve/query-calls.ts'
import { openEngine, type TestEngine } from '../open-engine.ts'

/** Counts its answers, each of which is new. */
class CountingAnswerer implements Answerer {
  readonly id: string
  answers = 0
  fails = false

  constructor(id = 'counting') {
    this.id = id
  }

  prompt() {
    return 'prompt'
  }

  async *answer() {
    this.answers++
    yield `answer `
    if (this.fails) throw new ModelUnavailable('out')
    yield `number ${this.answers}`
  }
}

const QUESTION = { query: 'Who wrote the harbour report?' }
let answerer: CountingAnswerer
let engine: TestEngine
beforeEach(async () => {
  answerer = new CountingAnswerer()
  engine = await openEngine({ answerer })
  await engine.insert({ texts: ['Captain Nemo wrote the harbour report in Lisbon.'] })
})
afterEach(() => engine.close())

const ask = async (params: Partial<QueryParams> = {}) =>
  (await engine.rag.query({ ...QUESTION, ...params })).response

async function streamed(params: Partial<QueryParams> = {}): Promise<QueryEvent[]> {
  const events: QueryEvent[] = []
  for await (const event of engine.rag.queryStream({ ...QUESTION, ...params })) events.push(event)
  return events
}

describe('answers that are kept', () => {
  it('come back without the model, whole or as a stream', async () => {
    expect(await ask()).toBe('answer number 1')
    expect(await ask()).toBe('answer number 1')
    expect(await streamed()).toEqual([
      { type: 'start', references: expect.any(Array), streaming: true },
      { type: 'text', text: 'answer number 1' },
      { type: 'end', noAnswer: null, statements: [{ start: 0, end: 15, citations: [] }] },
    ])
    expect(answerer.answers).toBe(1)
  })

  it('are kept from streams once these are complete', async () => {
    for await (const event of engine.rag.queryStream(QUESTION)) if (event.type === 'text') break
    expect(answerer.answers).toBe(1)
    await streamed()
    expect(answerer.answers).toBe(2)
    expect(await ask()).toBe('answer number 2')
  })

  it.each<Partial<QueryParams>>([
    { query: 'Who wrote the harbour report' },
    { mode: 'local' },
    { user_prompt: 'Be brief.' },
    { response_type: 'Bullet Points' },
    { conversation_history: [{ role: 'user', content: 'Hello' }] },
    { ll_keywords: ['Nemo'] },
    { max_total_tokens: 9000 },
    { top_k: 3 },
  ])('are another answer with %j', async (params) => {
    await ask()
    expect(await ask(params)).toBe('answer number 2')
  })

  it('are void once the documents have changed', async () => {
    await ask()
    await engine.insert({ texts: ['An unrelated note about bicycles.'] })
    expect(await ask()).toBe('answer number 2')
    const { documents } = await engine.rag.listDocuments({})
    await engine.rag.updateDocument(documents[0]?.id ?? '', { tags: ['x'] })
    expect(await ask()).toBe('answer number 3')
  })

  it('are none when the model failed', async () => {
    answerer.fails = true
    await expect(ask()).rejects.toMatchObject({ code: 'model_unavailable' })
    answerer.fails = false
    expect(await ask()).toBe('answer number 2')
  })

  it('are none in bypass mode, and for contexts and prompts', async () => {
    await ask({ mode: 'bypass' })
    await ask({ mode: 'bypass' })
    expect(answerer.answers).toBe(2)
    expect(await ask({ only_need_prompt: true })).toBe('prompt')
    expect(await ask()).toBe('answer number 3')
  })

  it('go with the document when that is asked for', async () => {
    await ask()
    await engine.store.cache.put({ key: 'k', kind: 'summary', value: 'v', chunkId: null })
    const { documents } = await engine.rag.listDocuments({})
    const id = documents[0]?.id ?? ''
    const { chunks } = await engine.rag.documentChunks(id, {})
    const chunkId = chunks[0]?.chunk_id ?? ''
    await engine.store.cache.put({ key: 'x', kind: 'extract', value: 'v', chunkId })
    await engine.rag.deleteDocuments({ doc_ids: [id], delete_llm_cache: true })
    await engine.rag.idle()
    expect(await engine.store.cache.get('x')).toBeNull()
    expect(await engine.store.cache.get('k')).toBe('v')
    expect(await engine.store.cache.clear({ kind: 'query' })).toBe(0)
  })
})

describe('answers that are not kept', () => {
  it('are so by the settings', async () => {
    await engine.close()
    engine = await openEngine({ answerer }, { enableAnswerCache: false })
    await engine.insert({ texts: ['Captain Nemo wrote the harbour report in Lisbon.'] })
    await ask()
    expect(await ask()).toBe('answer number 2')
  })

  it('are so when there are newer ones enough', async () => {
    await engine.close()
    engine = await openEngine({ answerer }, { maxCachedAnswers: 2 })
    await engine.insert({ texts: ['Captain Nemo wrote the harbour report in Lisbon.'] })
    for (const user_prompt of ['a', 'b', 'c']) await ask({ user_prompt })
    expect(answerer.answers).toBe(3)
    await ask({ user_prompt: 'b' })
    await ask({ user_prompt: 'c' })
    expect(answerer.answers).toBe(3)
    await ask({ user_prompt: 'a' })
    expect(answerer.answers).toBe(4)
  })
})

describe('an answer that was cut off', () => {
  it('says so and is not kept', async () => {
    const cutting: Answerer = {
      id: 'cutting',
      prompt: () => 'prompt',
      async *answer(_input, { onCut }) {
        answerer.answers++
        yield 'half an'
        onCut?.('length')
      },
    }
    const cut = await openEngine({ answerer: cutting })
    await cut.insert({ texts: ['Captain Nemo wrote the harbour report in Lisbon.'] })
    for (const answers of [1, 2]) {
      expect(await cut.rag.query(QUESTION)).toMatchObject({
        response: 'half an',
        finish_reason: 'length',
      })
      expect(answerer.answers).toBe(answers)
    }
    const events: QueryEvent[] = []
    for await (const event of cut.rag.queryStream(QUESTION)) events.push(event)
    expect(events.at(-2)).toEqual({ type: 'cut', reason: 'length' })
    expect(answerer.answers).toBe(3)
    await cut.close()
  })
})
