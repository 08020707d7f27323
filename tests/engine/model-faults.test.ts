import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { changedBody, type Fault } from '../fixtures/model-server/fault.ts'
import type { ModelServer, ModelServerOptions } from '../fixtures/model-server/model-server.ts'
import { startModelServer } from '../fixtures/model-server/model-server.ts'
import type { TestEngine } from './open-engine.ts'
import { openServedEngine, type ServedOptions, settled } from './served-engine.ts'

let server: ModelServer
let engine: TestEngine
/** What calls meet that hold the word POISON, or what is told, and what all others meet. */
let poison: { chat?: Fault; embed?: Fault; where?: RegExp }
let outage: Fault | null

beforeEach(() => {
  poison = {}
  outage = null
})

afterEach(async () => {
  await engine.close()
  await server.close()
})

async function start(options: ServedOptions = {}, more: ModelServerOptions = {}) {
  server = await startModelServer({
    ...more,
    faultOf: (call) => {
      if (outage !== null) return outage
      const said = [...call.messages.map(({ content }) => content), ...call.texts].join('\n')
      const { where = /POISON/ } = poison
      return (where.test(said) && poison[call.kind as 'chat' | 'embed']) || null
    },
  })
  engine = await openServedEngine(server, options)
}

/** Silence is worth no long wait; whatever else comes, comes at once. */
const patienceWith = (fault: Fault): ServedOptions =>
  fault.kind === 'stall' ? { calls: { timeoutMs: 300 } } : {}

const BY_LINE = {
  strategy: 'fixed_token',
  params: { split_by_character: '\n', split_by_character_only: true },
} as const

const insert = (texts: string[], names: string[]) =>
  engine.rag.insertTexts({ texts, file_sources: names, chunking: BY_LINE })

async function documents() {
  const { documents: found } = await engine.rag.listDocuments({ sort_field: 'file_path' })
  return new Map(found.map((document) => [document.file_path, document]))
}

const statusOf = async (name: string) => (await documents()).get(name)?.status

/** Calls that held a word, whatever they met. */
const callsWith = (kind: 'chat' | 'embed', word: string) =>
  server
    .callsOf(kind)
    .filter(({ messages, texts }) =>
      [...messages.map(({ content }) => content), ...texts].join('\n').includes(word),
    )

const status = (code: number, retryAfter?: string): Fault => ({
  kind: 'status',
  status: code,
  ...(retryAfter === undefined ? {} : { retryAfter }),
})

const CHAT_FAULTS: Record<string, Fault> = {
  'a 500': status(500),
  'a 400': status(400),
  'an error under status 200': changedBody(() => ({ error: { message: 'cannot' } })),
  'no choices': changedBody((body: object) => ({ ...body, choices: [] })),
  'no JSON': { kind: 'garbage' },
  'a text that is no answer': changedBody(() => ({
    choices: [{ index: 0, message: { role: 'assistant', content: 'No.' }, finish_reason: 'stop' }],
  })),
  'a lost connection': { kind: 'close' },
  silence: { kind: 'stall' },
}

type Embedded = { data: { embedding: unknown; index: number }[] }
const vectors = (change: (vector: number[]) => unknown) =>
  changedBody((body: Embedded) => ({
    ...body,
    data: body.data.map((item) => ({ ...item, embedding: change(item.embedding as number[]) })),
  }))

const EMBED_FAULTS: Record<string, Fault> = {
  'a 500': status(500),
  'a 400': status(400),
  'no vectors': changedBody((body: Embedded) => ({ ...body, data: [] })),
  'vectors of nothing but null, as NaN is in JSON': vectors((vector) => vector.map(() => null)),
  'short vectors': vectors((vector) => vector.slice(0, 5)),
  silence: { kind: 'stall' },
}

describe('a text for which the language model always fails', () => {
  it.each(Object.entries(CHAT_FAULTS))(
    'with %s is tried a few times and set aside, and nothing waits for it',
    async (_name, fault) => {
      await start(patienceWith(fault))
      poison.chat = fault
      const names = ['p1', 'p2', 'g1', 'g2', 'g3']
      await insert(
        [
          'Fine Alpha.\nPOISON One here.',
          'POISON Two here.',
          'Good Beta.',
          'Good Gamma.',
          'Good Delta.',
        ],
        names,
      )
      await expect
        .poll(async () => Promise.all(names.slice(2).map(statusOf)))
        .toEqual(['processed', 'processed', 'processed'])
      await settled(engine)
      const found = await documents()
      for (const name of names) expect(found.get(name)?.status, name).toBe('processed')
      expect(found.get('p1')?.metadata).toMatchObject({ chunks_set_aside: 1 })
      expect(found.get('p1')?.metadata?.attempts).toBeLessThanOrEqual(3)
      const { chunks } = await engine.rag.documentChunks(found.get('p1')?.id ?? '', {
        status: 'set_aside',
      })
      expect(chunks).toMatchObject([{ ordinal: 1, error: expect.any(String) }])
      // What it says is found all the same, but for the graph.
      const { chunks: hits } = await engine.find({ query: 'POISON One', mode: 'naive' })
      expect(hits.map(({ content }) => content)).toContain('POISON One here.')
      const entityNames = await engine.rag.entityNames()
      expect(entityNames).toEqual(expect.arrayContaining(['Fine Alpha', 'Good Beta', 'Good Delta']))
      // Two attempts of the adapter in three of the document, and none of them for the good chunk.
      expect(callsWith('chat', 'POISON One').length).toBeLessThanOrEqual(6)
      expect(callsWith('chat', 'Fine Alpha')).toHaveLength(1)
    },
  )

  it('waits behind the others meanwhile, and says until when', async () => {
    await start({ settings: { retryPaceMs: 60_000 } })
    poison.chat = status(500)
    await insert(['POISON One here.', 'Good Beta.'], ['p1', 'g1'])
    await engine.rag.idle()
    const found = await documents()
    expect(found.get('g1')?.status).toBe('processed')
    expect(found.get('p1')).toMatchObject({
      status: 'pending',
      error_msg: 'The model provider failed (500)',
      metadata: { attempts: 1, next_attempt_at: expect.stringMatching(/^\d{4}-.*\+00:00$/) },
    })
    // Who asks for it has it tried at once.
    poison = {}
    await engine.rag.reprocessFailed()
    await engine.rag.idle()
    expect(await statusOf('p1')).toBe('processed')
    expect((await documents()).get('p1')?.metadata).not.toHaveProperty('next_attempt_at')
  })

  it('takes the time of one silence an attempt, until the last one', async () => {
    await start({ calls: { timeoutMs: 200 }, settings: { maxParallelExtract: 1 } })
    poison.chat = { kind: 'stall' }
    const lines = ['Fine Alpha.', 'POISON One.', 'POISON Two.', 'POISON Three.']
    await insert([lines.join('\n'), 'Good Beta.'], ['p1', 'g1'])
    await settled(engine)
    expect((await documents()).get('p1')?.metadata).toMatchObject({ chunks_set_aside: 3 })
    const silences = (word: string) => callsWith('chat', word).length
    expect([silences('One.'), silences('Two.'), silences('Three.')]).toEqual([3, 1, 1])
  })

  it('is set aside after more tries where only a probe speaks against it', async () => {
    await start()
    poison.chat = status(500)
    await insert(['POISON One here.'], ['p1'])
    await settled(engine)
    expect((await documents()).get('p1')).toMatchObject({
      status: 'processed',
      metadata: { attempts: 5, chunks_set_aside: 1 },
    })
  })

  it('is given the more patience by a provider that asks for a slower pace', async () => {
    await start({ settings: { retryPaceMs: 1 } })
    poison.chat = status(429)
    await insert(['POISON One here.', 'Good Beta.'], ['p1', 'g1'])
    await settled(engine)
    expect((await documents()).get('p1')?.metadata).toMatchObject({
      attempts: 10,
      chunks_set_aside: 1,
    })
  })
})

describe('a chunk that the embedding model always fails for', () => {
  it.each(Object.entries(EMBED_FAULTS))(
    'with %s is found among the others, and stays without a vector',
    async (_name, fault) => {
      await start(patienceWith(fault))
      poison.embed = fault
      const lines = Array.from({ length: 20 }, (_, i) => `plain words number ${i}.`)
      lines[13] = 'here is POISON inside.'
      await insert([lines.join('\n'), 'good words.'], ['p1', 'g1'])
      await settled(engine)
      const found = await documents()
      expect(found.get('g1')?.status).toBe('processed')
      expect(found.get('p1')).toMatchObject({
        status: 'processed',
        chunks_count: 20,
        metadata: { chunks_set_aside: 1 },
      })
      const id = found.get('p1')?.id ?? ''
      expect(await engine.rag.documentChunks(id, { status: 'set_aside' })).toMatchObject({
        total_count: 1,
        chunks: [{ ordinal: 13, error: expect.stringMatching(/^It has no vector: /) }],
      })
      const { chunks: hits } = await engine.find({ query: 'here is inside', mode: 'naive' })
      expect(hits.map(({ content }) => content)).toContain('here is POISON inside.')
      // Each of the others was answered once.
      const answered = callsWith('embed', 'number 3.').filter((call) => call.fault === null)
      expect(answered).toHaveLength(1)

      poison = {}
      expect(await engine.rag.retryChunks(id)).toMatchObject({ chunks: 1 })
      await settled(engine)
      const after = (await documents()).get('p1')
      expect(after?.metadata).not.toHaveProperty('chunks_set_aside')
    },
  )
})

describe('what the graph is made of', () => {
  /** Enough documents about one thing that its descriptions are summarised. */
  const many = (word: string, count: number) =>
    Array.from({ length: count }, (_, i) => `Harbour ${word} stands at pier ${i} of the town.`)
  const chat = (messages: readonly { content: string }[]) => {
    const asked = messages.at(-1)?.content ?? ''
    if (/Below are descriptions/.test(asked)) return 'One description of all.'
    const word = /Harbour (\w+) stands at pier (\d+)/.exec(asked)
    return word
      ? `entity<|#|>Harbour ${word[1]}<|#|>Place<|#|>${word[1]} at pier ${word[2]}.\n<|COMPLETE|>`
      : '<|COMPLETE|>'
  }
  const settings = { forceSummaryOnMerge: 3 }

  it('is described side by side where the model fails for a summary, after its tries', async () => {
    await start({ settings }, { chat })
    poison = { chat: status(500), where: /Below are descriptions/ }
    for (const [i, text] of many('Brisk', 4).entries()) await insert([text], [`h${i}`])
    await settled(engine)
    const found = await documents()
    for (const name of ['h0', 'h1', 'h2', 'h3']) expect(found.get(name)?.status).toBe('processed')
    const [graph] = (await engine.rag.subgraph({ label: 'Harbour Brisk' })).nodes
    for (const pier of [0, 1, 2, 3]) {
      expect(graph?.properties.description).toContain(`Brisk at pier ${pier}.`)
    }
    const asked = callsWith('chat', 'Below are descriptions')
    expect(asked.length).toBeGreaterThanOrEqual(3)
    // Each set of descriptions: two attempts of the adapter in three of the document.
    const often = new Map<string, number>()
    for (const { messages } of asked) {
      const key = JSON.stringify(messages)
      often.set(key, (often.get(key) ?? 0) + 1)
    }
    expect(Math.max(...often.values())).toBeLessThanOrEqual(6)
  })

  it('waits with the vector of an entity that the embedding model fails for', async () => {
    await start({ settings }, { chat })
    poison = { embed: status(500), where: /Harbour Brisk\n/ }
    await insert(many('Brisk', 1), ['h0'])
    await settled(engine)
    expect(await statusOf('h0')).toBe('processed')
    expect((await engine.store.graph.pendingEmbeddings(10)).entities).toMatchObject([
      { name: 'Harbour Brisk' },
    ])
    poison = {}
    await insert(many('Swift', 1), ['h1'])
    await settled(engine)
    await engine.rag.idle()
    expect((await engine.store.graph.pendingEmbeddings(10)).entities).toEqual([])
  })

  it('is deleted though the model fails for what is left to summarise', async () => {
    await start({ settings }, { chat })
    for (const [i, text] of many('Brisk', 6).entries()) await insert([text], [`h${i}`])
    await settled(engine)
    const id = (await documents()).get('h0')?.id ?? ''
    outage = status(500)
    expect(await engine.rag.deleteDocuments({ doc_ids: [id] })).toMatchObject({
      status: 'deletion_started',
      taken: [id],
    })
    await expect.poll(async () => (await documents()).has('h0')).toBe(false)
    const [graph] = (await engine.rag.subgraph({ label: 'Harbour Brisk' })).nodes
    expect(graph?.properties.description).not.toContain('pier 0')
    expect(graph?.properties.description).toContain('pier 3')
  })
})

describe('an outage of a provider', () => {
  it.each([
    ['500', status(500)],
    ['429 for an hour', status(429, '3600')],
    ['401', status(401)],
    ['400 for everything', status(400)],
    ['lost connections', { kind: 'close' } as const],
    ['silence', { kind: 'stall' } as const],
  ])(
    '(%s) blames no document, asks with one small call, and ends by itself',
    async (_name, fault) => {
      await start(patienceWith(fault))
      await insert(['Good Alpha.'], ['a'])
      await settled(engine)
      outage = fault
      const before = server.calls.length
      const names = Array.from({ length: 8 }, (_, i) => `n${i}`)
      await insert(
        names.map((name) => `Good ${name} text.`),
        names,
      )
      await expect
        .poll(() => server.calls.slice(before).filter(({ messages }) => isProbe(messages)).length)
        .toBeGreaterThan(1)
      const found = await documents()
      for (const name of names) {
        expect(found.get(name)?.status, name).toMatch(/pending|processing/)
        expect(found.get(name)?.metadata).not.toHaveProperty('next_attempt_at')
      }
      // Two workers tried one document each, and no other was touched.
      const real = server.calls.slice(before).filter(({ messages }) => !isProbe(messages))
      const tried = new Set(real.map(({ messages }) => JSON.stringify(messages)))
      expect(tried.size).toBeLessThanOrEqual(2)
      outage = null
      await settled(engine)
      for (const name of names) {
        expect((await documents()).get(name)).toMatchObject({
          status: 'processed',
          metadata: { attempts: 1 },
        })
        expect((await documents()).get(name)?.metadata).not.toHaveProperty('chunks_set_aside')
      }
    },
  )

  it('of the embedding model alone leaves what was extracted paid for', async () => {
    await start()
    await insert(['Good Alpha.'], ['a'])
    await settled(engine)
    server.failAlways('embed', status(503))
    await insert(['Good Beta.'], ['b'])
    await server.until(({ calls }) => calls.filter(({ texts }) => texts[0] === 'yes').length > 0)
    server.failAlways('embed', null)
    await settled(engine)
    expect(await statusOf('b')).toBe('processed')
    expect(callsWith('chat', 'Good Beta')).toHaveLength(1)
  })

  it.each<[string, () => Promise<unknown>]>([
    ['a new document', () => insert(['Good Gamma.'], ['c'])],
    ['whoever asks for another try', () => engine.rag.reprocessFailed()],
    ['a question that is answered', () => engine.find({ query: 'Who is Alpha?', mode: 'naive' })],
  ])('ends sooner by %s, however long the provider asked to wait', async (_what, act) => {
    await start({ pauses: { firstMs: 1, longestMs: 3_600_000 } })
    await insert(['Good Alpha.'], ['a'])
    await settled(engine)
    server.failAlways('embed', status(429, '3600'))
    await insert(['Good Beta.'], ['b'])
    await expect
      .poll(async () => (await engine.rag.pipelineStatus()).history_messages.join())
      .toContain('Waiting for the model')
    server.failAlways('embed', null)
    await act()
    await expect.poll(() => statusOf('b')).toBe('processed')
  })
})

const isProbe = (messages: readonly { content: string }[]) =>
  messages.some(({ content }) => content.startsWith('Reply with the word'))
