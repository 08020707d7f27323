import { afterEach, describe, expect, it } from 'vitest'
import { ModelUnavailable } from '../../../src/engine/ports/engine-error.ts'
import type {
  QueryEvent,
  QueryParams,
  QueryResponse,
} from '../../../src/engine/retrieve/query-calls.ts'
import { FakeRag } from '../fake-rag.ts'
import { startServer } from '../fake-server.ts'
import { type Refusal, RestClient, type TestServer } from '../rest-client.ts'

const MODEL = { model: 'lightrag:latest', created_at: '2024-01-15T00:00:00Z' }
const count = expect.any(Number)
const COUNTERS = {
  total_duration: count,
  load_duration: 0,
  prompt_eval_count: count,
  prompt_eval_duration: count,
  eval_count: count,
  eval_duration: count,
}
const user = (content: string) => ({ role: 'user', content })

/** Remembers what it was asked, and answers with these pieces. */
class RecordingRag extends FakeRag {
  readonly asked: QueryParams[] = []
  readonly #pieces: readonly (string | Error)[]
  readonly #streaming: boolean

  constructor(pieces: readonly (string | Error)[] = ['One ', 'two.'], streaming = true) {
    super()
    this.#pieces = pieces
    this.#streaming = streaming
  }

  override async query(params: QueryParams): Promise<QueryResponse> {
    this.asked.push(params)
    for (const piece of this.#pieces) if (piece instanceof Error) throw piece
    return { response: this.#pieces.join(''), references: null }
  }

  override async *queryStream(params: QueryParams): AsyncGenerator<QueryEvent> {
    this.asked.push(params)
    yield { type: 'start', references: null, streaming: this.#streaming }
    for (const piece of this.#pieces) {
      if (piece instanceof Error) throw piece
      yield { type: 'text', text: piece }
    }
  }
}

describe('Ollama’s endpoints', () => {
  let server: TestServer
  afterEach(() => server.close())

  const client = async (rag: FakeRag = new FakeRag()): Promise<RestClient> => {
    server = await startServer(rag)
    return new RestClient(server)
  }
  const lines = (text: string): unknown[] => {
    expect(text.endsWith('\n')).toBe(true)
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  }

  it('tell of one model', async () => {
    const rest = await client()
    expect((await rest.get('/api/version')).body).toEqual({ version: '0.9.3' })
    const identity = {
      name: 'lightrag:latest',
      model: 'lightrag:latest',
      size: 7365960935,
      digest: 'sha256:lightrag',
    }
    expect((await rest.get('/api/tags')).body).toEqual({
      models: [
        {
          ...identity,
          modified_at: '2024-01-15T00:00:00Z',
          details: {
            parent_model: '',
            format: 'gguf',
            family: 'lightrag',
            families: ['lightrag'],
            parameter_size: '13B',
            quantization_level: 'Q4_0',
          },
        },
      ],
    })
    expect((await rest.get('/api/ps')).body).toEqual({
      models: [
        {
          ...identity,
          details: {
            parent_model: '',
            format: 'gguf',
            family: 'llama',
            families: ['llama'],
            parameter_size: '7.2B',
            quantization_level: 'Q4_0',
          },
          expires_at: '2050-12-31T14:38:31.83753-07:00',
          size_vram: 7365960935,
        },
      ],
    })
  })

  it('stream a chat by default, and count at its end', async () => {
    const rest = await client(new RecordingRag())
    const reply = await rest.post('/api/chat', { model: 'any', messages: [user('Who?')] })
    expect(reply.headers.get('content-type')).toBe('application/x-ndjson')
    const message = (content: string) => ({ role: 'assistant', content, images: null })
    expect(lines(reply.text)).toEqual([
      { ...MODEL, message: message('One '), done: false },
      { ...MODEL, message: message('two.'), done: false },
      { ...MODEL, message: message(''), done: true, done_reason: 'stop', ...COUNTERS },
    ])
  })

  it('send an answer that is no stream as one line and an end', async () => {
    const rest = await client(new RecordingRag(['Nothing found. 日本'], false))
    const { text } = await rest.post('/api/chat', { model: 'any', messages: [user('Who?')] })
    expect(lines(text)).toMatchObject([
      { message: { content: 'Nothing found. 日本' }, done: false },
      { message: { content: '' }, done: true },
    ])
    expect(text).toContain('日本')
  })

  it('answer a chat whole', async () => {
    const rest = await client(new RecordingRag())
    const body = { model: 'any', messages: [user('Who?')], stream: false }
    const reply = await rest.post<Record<string, number>>('/api/chat', body)
    expect(reply.body).toEqual({
      ...MODEL,
      message: { role: 'assistant', content: 'One two.', images: null },
      done: true,
      done_reason: 'stop',
      ...COUNTERS,
    })
    expect(reply.body.prompt_eval_count).toBe(2)
    expect(reply.body.eval_count).toBe(3)
    expect(reply.body.total_duration).toBe(
      (reply.body.prompt_eval_duration ?? 0) + (reply.body.eval_duration ?? 0),
    )
  })

  it('say so when there is no answer', async () => {
    const rest = await client(new RecordingRag(['  ']))
    const { body } = await rest.post('/api/chat', {
      model: 'any',
      messages: [user('Who?')],
      stream: false,
    })
    expect(body).toMatchObject({ message: { content: 'No response generated' } })
  })

  it('complete a prompt, whole by default', async () => {
    const rest = await client(new RecordingRag())
    const { body } = await rest.post('/api/generate', { model: 'any', prompt: 'Go on' })
    expect(body).toEqual({
      ...MODEL,
      response: 'One two.',
      done: true,
      done_reason: 'stop',
      context: [],
      ...COUNTERS,
    })
    const streamed = await rest.post('/api/generate', { model: 'x', prompt: 'Go', stream: true })
    expect(lines(streamed.text)).toEqual([
      { ...MODEL, response: 'One ', done: false },
      { ...MODEL, response: 'two.', done: false },
      { ...MODEL, response: '', done: true, done_reason: 'stop', context: [], ...COUNTERS },
    ])
  })

  it('ask the documents with the earlier messages as history', async () => {
    const rag = new RecordingRag()
    const rest = await client(rag)
    const before = [
      { role: 'system', content: 'Be kind.' },
      user('Hello'),
      { role: 'assistant', content: 'Hi' },
    ]
    await rest.post('/api/chat', {
      model: 'any',
      messages: [...before, { ...user('/local[in one line] Who?'), images: null }],
      system: 'not for answers from documents',
      options: { temperature: 0 },
    })
    expect(rag.asked).toEqual([
      {
        query: 'Who?',
        mode: 'local',
        only_need_context: false,
        user_prompt: 'in one line',
        conversation_history: before,
        include_references: false,
        stream: true,
      },
    ])
  })

  it('heed the newest messages of a long talk, and leave out the oldest', async () => {
    const rag = new RecordingRag()
    const rest = await client(rag)
    const turn = (i: number) => user(`${i} ${'x'.repeat(60_000)}`)
    const earlier = Array.from({ length: 40 }, (_, i) => turn(i))
    const messages = [...earlier, user('Which was the last?')]
    const body = { model: 'm', stream: false, messages }
    expect((await rest.post('/api/chat', body)).status).toBe(200)
    expect(rag.asked[0]?.query).toBe('Which was the last?')
    expect(rag.asked[0]?.conversation_history).toEqual(earlier.slice(-4))
  })

  it('refuse a question that is as long as a book, and a talk beyond their bounds', async () => {
    const rest = await client()
    const chat = (messages: object[]) =>
      rest.post<Refusal>('/api/chat', { model: 'm', stream: false, messages })
    const long = await chat([user('x'.repeat(70_000))])
    expect(long.status).toBe(400)
    expect(long.body.detail).toContain('the last message must have at most 65536 characters')
    const talk = await chat([user('y'.repeat(4_200_000)), user('And now?')])
    expect(talk.status).toBe(413)
  })

  it('take the prefixes of earlier questions out of the history', async () => {
    const rag = new RecordingRag()
    const rest = await client(rag)
    const messages = [user('/local[short] Who?'), { role: 'assistant', content: '/mix' }, user('b')]
    await rest.post('/api/chat', { model: 'x', messages, stream: false })
    expect(rag.asked[0]?.conversation_history).toEqual([
      user('Who?'),
      { role: 'assistant', content: '/mix' },
    ])
  })

  it('hand the model its role for one question and not for the next', async () => {
    const rag = new RecordingRag()
    const rest = await client(rag)
    const messages = [user('a'), { role: 'assistant', content: 'b' }, user('/bypass c')]
    await rest.post('/api/chat', { model: 'x', messages, system: 'You are a pirate.' })
    await rest.post('/api/chat', { model: 'x', messages, stream: false })
    await rest.post('/api/generate', { model: 'x', prompt: 'd', system: 'You are a poet.' })
    await rest.post('/api/generate', { model: 'x', prompt: 'e' })
    expect(rag.asked.map(({ query, mode }) => [query, mode])).toEqual([
      ['c', 'bypass'],
      ['c', 'bypass'],
      ['d', 'bypass'],
      ['e', 'bypass'],
    ])
    expect(rag.asked.map(({ conversation_history }) => conversation_history)).toEqual([
      [{ role: 'system', content: 'You are a pirate.' }, ...messages.slice(0, 2)],
      messages.slice(0, 2),
      [{ role: 'system', content: 'You are a poet.' }],
      [],
    ])
  })

  it('send a chat program’s errands to the model itself, unless they are streamed', async () => {
    const rag = new RecordingRag()
    const rest = await client(rag)
    const messages = [user('Find a title.\n<chat_history>\nUSER: hello\n</chat_history>')]
    await rest.post('/api/chat', { model: 'x', messages, stream: false })
    await rest.post('/api/chat', { model: 'x', messages })
    expect(rag.asked.map(({ mode }) => mode)).toEqual(['bypass', 'mix'])
  })

  it.each(['text/plain', 'application/octet-stream', 'application/x-www-form-urlencoded'])(
    'read JSON that is sent as %s',
    async (type) => {
      const rest = await client(new RecordingRag())
      const { status } = await rest.send('/api/generate', {
        method: 'POST',
        body: JSON.stringify({ model: 'x', prompt: 'Go' }),
        headers: { 'content-type': type },
      })
      expect(status).toBe(200)
    },
  )

  it('read JSON that is sent without a word about it', async () => {
    const rest = await client(new RecordingRag())
    const body = JSON.stringify({ model: 'x', prompt: 'Go' })
    const head = rest.head('POST', '/api/generate', { 'content-length': String(body.length) })
    expect(await rest.raw(head + body, 'wait')).toMatch(/^HTTP\/1\.1 200 /)
  })

  it.each([
    ['/api/chat', '', 'body: Field required'],
    ['/api/chat', '{', 'JSON decode error'],
    ['/api/chat', '[]', 'valid dictionary'],
    ['/api/chat', '{"messages":[{"role":"user","content":"x"}]}', 'body -> model'],
    ['/api/chat', '{"model":"x"}', 'body -> messages'],
    ['/api/chat', '{"model":"x","messages":[]}', 'at least 1 item'],
    ['/api/chat', '{"model":"x","messages":[{"role":"assistant","content":"x"}]}', 'from the user'],
    ['/api/chat', '{"model":"x","messages":[{"role":"user","content":"/mix "}]}', 'ask something'],
    ['/api/chat', '{"model":"x","messages":[{"role":"user","content":3}]}', 'content'],
    ['/api/chat', '{"model":"x","messages":[7]}', 'messages -> 0'],
    ['/api/generate', '{"model":"x"}', 'body -> prompt'],
    ['/api/generate', '{"model":"x","prompt":" "}', 'blank'],
    ['/api/generate', '{"model":"x","prompt":"x","stream":"maybe"}', 'body -> stream'],
  ])('%s refuses %s with 400', async (path, body, reason) => {
    const reply = await (await client()).postRaw<Refusal>(path, body)
    expect(reply.status).toBe(400)
    expect(reply.body).toEqual({ detail: expect.stringContaining(reason) })
  })

  it.each(['/api/chat', '/api/generate'])('%s is down with its model', async (path) => {
    const rest = await client(new RecordingRag([new ModelUnavailable('The model is out')]))
    for (const stream of [true, false]) {
      const body = { model: 'x', prompt: 'Go', messages: [user('Go')], stream }
      const reply = await rest.post(path, body)
      expect(reply.status).toBe(503)
      expect(reply.body).toEqual({ detail: 'The model is out' })
    }
  })

  it('tell within the stream that an answer broke off', async () => {
    const rest = await client(new RecordingRag(['One ', new ModelUnavailable('The model is out')]))
    const error = '\n\nError: Provider error: The model is out'
    const chat = await rest.post('/api/chat', { model: 'x', messages: [user('Go')] })
    const message = (content: string) => ({ role: 'assistant', content, images: null })
    expect(lines(chat.text)).toEqual([
      { ...MODEL, message: message('One '), done: false },
      { ...MODEL, message: message(error), done: false, error },
      { ...MODEL, message: message(''), done: true },
    ])
    const generate = await rest.post('/api/generate', { model: 'x', prompt: 'Go', stream: true })
    expect(lines(generate.text)).toEqual([
      { ...MODEL, response: 'One ', done: false },
      { ...MODEL, response: error, done: false, error },
      { ...MODEL, response: '', done: true },
    ])
  })
})
