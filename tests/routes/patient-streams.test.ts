import { EventEmitter, once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { ModelUnavailable } from '../../src/engine/ports/engine-error.ts'
import type {
  QueryEvent,
  QueryParams,
  QueryResponse,
} from '../../src/engine/retrieve/query-calls.ts'
import { FakeRag } from './fake-rag.ts'
import { startServer } from './fake-server.ts'
import { RestClient, type TestServer } from './rest-client.ts'

const START: QueryEvent = { type: 'start', references: [], streaming: true }
const text = (said: string): QueryEvent => ({ type: 'text', text: said })
const QUIET_MS = 20

/** Streams what a test says; `query` is the same in one piece. */
class GatedRag extends FakeRag {
  readonly #script: () => AsyncGenerator<QueryEvent>

  constructor(script: () => AsyncGenerator<QueryEvent>) {
    super()
    this.#script = script
  }

  override queryStream(_params: QueryParams): AsyncIterable<QueryEvent> {
    return this.#script()
  }

  override async query(params: QueryParams): Promise<QueryResponse> {
    let response = ''
    let cut: QueryResponse['finish_reason']
    for await (const event of this.queryStream(params)) {
      if (event.type === 'text') response += event.text
      if (event.type === 'cut') cut = event.reason
    }
    return { response, references: [], finish_reason: cut }
  }
}

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function open(
  path: string,
  script: () => AsyncGenerator<QueryEvent>,
  answerQuietMs = QUIET_MS,
) {
  server = await startServer(new GatedRag(script), { answerQuietMs })
  return new RestClient(server).fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(BODIES[path]),
  })
}

const BODIES: Record<string, object> = {
  '/query/stream': { query: 'Who are you?' },
  '/api/chat': { model: 'x', messages: [{ role: 'user', content: 'Who are you?' }] },
  '/api/generate': { model: 'x', prompt: 'Who are you?', stream: true },
}
const PATHS = Object.keys(BODIES)

/** What arrives until something holds. */
async function until(response: Response, condition: (received: string) => boolean) {
  let received = ''
  const reader = response.body?.getReader()
  while (!condition(received)) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done) break
    received += Buffer.from(value ?? []).toString()
  }
  reader?.releaseLock()
  return received
}
const linesOf = (received: string) => received.split('\n').slice(0, -1)

describe.each(PATHS)('a model that takes its time before the first word (%s)', (path) => {
  it('is waited for with headers and lines that say nothing', async () => {
    const gate = new EventEmitter()
    const response = await open(path, async function* () {
      await once(gate, 'found')
      yield START
      await once(gate, 'thought')
      yield text('Nobody.')
    })
    expect(response.status).toBe(200)
    const before = await until(response, (received) => linesOf(received).length >= 3)
    expect(before).not.toMatch(/references|Nobody/)
    gate.emit('found')
    const meanwhile = await until(response, (received) => linesOf(received).length >= 4)
    expect(meanwhile).not.toContain('Nobody')
    gate.emit('thought')
    const rest = await until(response, () => false)
    const all = linesOf(before + meanwhile + rest)
    const said = all.filter((line) => line !== '').map((line) => JSON.parse(line))
    const words = said.map((line) => line.response ?? line.message?.content ?? '')
    expect(words.join('')).toBe('Nobody.')
    // Clients of LightRAG look for the references in the first line.
    if (path === '/query/stream') expect(said[0]).toEqual({ references: [] })
    else expect(said.at(-1)).toMatchObject({ done: true, done_reason: 'stop' })
  })

  it('and fails then says so in a line', async () => {
    const gate = new EventEmitter()
    const response = await open(path, async function* () {
      await once(gate, 'fail')
      yield* []
      throw new ModelUnavailable('The model is out')
    })
    expect(response.status).toBe(200)
    gate.emit('fail')
    const said = linesOf(await until(response, () => false))
    expect(said.some((line) => line.includes('The model is out'))).toBe(true)
  })

  it('and fails at once has its own status', async () => {
    const response = await open(
      path,
      async function* () {
        yield* []
        throw new ModelUnavailable('The model is out')
      },
      60_000,
    )
    expect(response.status).toBe(503)
  })

  it('and is asked no longer once the client has left', async () => {
    const gate = new EventEmitter()
    const ended = once(gate, 'ended')
    const response = await open(path, async function* () {
      try {
        yield START
        for (;;) {
          yield text('word ')
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      } finally {
        gate.emit('ended')
      }
    })
    await response.body?.cancel()
    await ended
  })
})

it('a stream that is never silent for long has no lines but its own', async () => {
  const response = await open(
    '/query/stream',
    async function* () {
      yield START
      yield text('One ')
      yield text('two.')
    },
    60_000,
  )
  expect(linesOf(await response.text())).toEqual([
    '{"references":[]}',
    '{"response":"One "}',
    '{"response":"two."}',
  ])
})

describe('an answer that the model did not finish', () => {
  const script = async function* (): AsyncGenerator<QueryEvent> {
    yield START
    yield text('Half an')
    yield { type: 'cut', reason: 'length' }
  }

  it('says so behind the pieces of a stream', async () => {
    const response = await open('/query/stream', script)
    expect(linesOf(await response.text())).toEqual([
      '{"references":[]}',
      '{"response":"Half an"}',
      '{"finish_reason":"length"}',
    ])
  })

  it('says so in the one line of an answer in one piece', async () => {
    const response = await open('/query/stream', async function* () {
      yield { type: 'start', references: [], streaming: false }
      yield text('Half an')
      yield { type: 'cut', reason: 'content_filter' }
    })
    expect(linesOf(await response.text())).toEqual([
      '{"response":"Half an","references":[],"finish_reason":"content_filter"}',
    ])
  })

  it('says so in Ollama’s word for it', async () => {
    for (const stream of [true, false]) {
      BODIES['/api/chat'] = { ...BODIES['/api/chat'], stream }
      const response = await open('/api/chat', script)
      const last = linesOf(`${(await response.text()).trimEnd()}\n`).at(-1) ?? ''
      expect(JSON.parse(last)).toMatchObject({ done: true, done_reason: 'length' })
      await server?.close()
    }
  })

  it('says so in a field of a whole answer, which others lack', async () => {
    server = await startServer(new GatedRag(script))
    const rest = new RestClient(server)
    const half = await rest.post('/query', { query: 'Who are you?' })
    expect(half.body).toEqual({ response: 'Half an', references: [], finish_reason: 'length' })
    await server.close()
    server = await startServer(
      new GatedRag(async function* () {
        yield START
        yield text('All of it.')
      }),
    )
    const whole = await new RestClient(server).post('/query', { query: 'Who are you?' })
    expect(whole.body).toEqual({ response: 'All of it.', references: [] })
  })
})
