import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter, once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { ModelUnavailable } from '../../src/engine/ports/engine-error.ts'
import type { CallSignal, QueryEvent, QueryParams } from '../../src/engine/retrieve/query-calls.ts'
import { FakeRag } from './fake-rag.ts'
import { buildApp, startServer } from './fake-server.ts'
import { RestClient, type TestServer } from './rest-client.ts'

const START: QueryEvent = { type: 'start', references: [], streaming: true }
const BODY = { query: 'Who are you?' }

type Script = (signal: AbortSignal) => AsyncIterator<QueryEvent>

/** A Rag that streams what a test tells it to, and notes what becomes of the stream. */
class ScriptedRag extends FakeRag {
  /** Emits `next` with how many events were asked for so far, `abort` and `return`. */
  readonly events = new EventEmitter()
  readonly #script: Script

  constructor(script: Script) {
    super()
    this.#script = script
  }

  override queryStream(_params: QueryParams, { signal }: CallSignal = {}) {
    if (signal === undefined) throw new TypeError('no signal')
    const iterator = this.#script(signal)
    signal.addEventListener('abort', () => this.events.emit('abort'))
    let asked = 0
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => {
          this.events.emit('next', ++asked)
          return iterator.next()
        },
        return: async () => {
          this.events.emit('return')
          return { done: true as const, value: undefined }
        },
      }),
    }
  }
}

function textOf(text: string): QueryEvent {
  return { type: 'text', text }
}

/** Waits for an abort that a well-behaved engine would see. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })
}

describe('POST /query/stream', () => {
  let server: TestServer | undefined
  afterEach(async () => {
    await server?.close()
    server = undefined
  })

  const stream = async (script: Script, body: object = BODY) => {
    server = await startServer(new ScriptedRag(script))
    const reply = await new RestClient(server).post<{ detail: string }>('/query/stream', body)
    return { ...reply, lines: reply.text.split('\n') }
  }

  it('sends a line of references and one for each piece of text', async () => {
    const reference = { reference_id: '1', file_path: 'a.md', document_id: 'd', citations: [] }
    const { lines } = await stream(async function* () {
      yield { type: 'start', references: [reference], streaming: true }
      yield textOf('one')
      yield textOf('')
      yield textOf('zwei – 二 "\n')
    })
    expect(lines).toEqual([
      JSON.stringify({ references: [reference] }),
      '{"response":"one"}',
      '{"response":"zwei – 二 \\"\\n"}',
      '',
    ])
  })

  it('sends an answer in one piece as one line', async () => {
    const { lines } = await stream(async function* () {
      yield { type: 'start', references: [], streaming: false }
      yield textOf('all ')
      yield textOf('of it')
    })
    expect(lines).toEqual(['{"response":"all of it","references":[]}', ''])
  })

  it('sends an answer that is not streamed as one line', async () => {
    const { lines } = await stream(
      async function* () {
        yield { ...START, streaming: false }
        yield textOf('all ')
        yield textOf('of it')
      },
      { ...BODY, stream: false },
    )
    expect(lines).toEqual(['{"response":"all of it","references":[]}', ''])
  })

  it('leaves references out where they are not wanted', async () => {
    const { lines } = await stream(async function* () {
      yield { type: 'start', references: null, streaming: false }
      yield textOf('text')
    })
    expect(lines).toEqual(['{"response":"text"}', ''])
  })

  it('sends each piece when it comes', async () => {
    const gate = new EventEmitter()
    server = await startServer(
      new ScriptedRag(async function* () {
        yield START
        yield textOf('first')
        await once(gate, 'open')
        yield textOf('second')
      }),
    )
    const response = await new RestClient(server).fetch('/query/stream', {
      method: 'POST',
      body: JSON.stringify(BODY),
      headers: { 'content-type': 'application/json' },
    })
    let received = ''
    for await (const chunk of response.body ?? []) {
      received += Buffer.from(chunk).toString()
      if (received.includes('first') && !received.includes('second')) gate.emit('open')
    }
    expect(received).toContain('{"response":"second"}\n')
  })

  it('answers a failure before the first event with its status', async () => {
    const { status, headers, body } = await stream(async function* () {
      yield* []
      throw new ModelUnavailable('The model is out', { retryAfterSeconds: 3 })
    })
    expect(status).toBe(503)
    expect(headers.get('retry-after')).toBe('3')
    expect(body).toEqual({ detail: 'The model is out' })
  })

  it('ends with a line of the failure that came later', async () => {
    const { status, lines } = await stream(async function* () {
      yield START
      yield textOf('half')
      throw new ModelUnavailable('The model is out')
    })
    expect(status).toBe(200)
    expect(lines).toEqual([
      '{"references":[]}',
      '{"response":"half"}',
      '{"error":"The model is out"}',
      '',
    ])
  })

  it('hides a later failure that nobody foresaw behind an id', async () => {
    const { text } = await stream(async function* () {
      yield START
      throw new Error('secret')
    })
    expect(text).toMatch(/\{"error":"Internal server error \(error_id: [0-9a-f]{12}\)"\}\n$/)
    expect(text).not.toContain('secret')
  })

  it.each<[string, number, Script]>([
    [
      'before the first event',
      1,
      async function* (signal) {
        yield* []
        await untilAborted(signal)
      },
    ],
    [
      'between two pieces',
      3,
      async function* (signal) {
        yield START
        yield textOf('first')
        await untilAborted(signal)
      },
    ],
    [
      'from an answer without end',
      3,
      async function* () {
        yield START
        for (;;) yield textOf('more '.repeat(1000))
      },
    ],
  ])('stops the work of a client that leaves %s', async (_when, asked, script) => {
    const rag = new ScriptedRag(script)
    server = await startServer(rag)
    const rest = new RestClient(server)
    const body = JSON.stringify(BODY)
    const head = rest.head('POST', '/query/stream', {
      'content-type': 'application/json',
      'content-length': String(body.length),
    })
    const stopped = Promise.all([once(rag.events, 'abort'), once(rag.events, 'return')])
    const begun = new Promise<void>((resolve) => {
      rag.events.on('next', (count: number) => count === asked && resolve())
    })
    await rest.raw(head + body, begun)
    await stopped
  })

  it('lets the event loop turn while all of an answer comes at once', async () => {
    let done = false
    let turns = 0
    const turn = () => {
      turns++
      if (!done) setImmediate(turn)
    }
    const rag = new ScriptedRag(async function* () {
      yield START
      setImmediate(turn)
      for (let piece = 0; piece < 1000; piece++) yield textOf('x')
      done = true
    })
    server = await startServer(rag)
    await new RestClient(server).post('/query/stream', BODY)
    expect(turns).toBeGreaterThan(10)
  })

  it('stops the work of a client that left before the work began', async () => {
    let begun = false
    const rag = new ScriptedRag(async function* () {
      begun = true
      yield START
    })
    const arrived = new EventEmitter()
    const app = await buildApp(rag, {}, (root) => {
      root.addHook('preHandler', async (request) => {
        arrived.emit('request')
        await once(request.raw.socket, 'close')
      })
    })
    const baseUrl = await app.listen({ port: 0, host: '127.0.0.1' })
    server = { baseUrl, headers: {}, close: () => app.close() }
    const controller = new AbortController()
    const request = once(arrived, 'request')
    const stopped = once(rag.events, 'return')
    const left = new RestClient(server)
      .fetch('/query/stream', {
        method: 'POST',
        body: JSON.stringify(BODY),
        headers: { 'content-type': 'application/json' },
        signal: controller.signal,
      })
      .catch(() => {})
    await request
    controller.abort()
    await Promise.all([stopped, left])
    expect(begun).toBe(false)
  })

  it('stops nothing once the answer is complete', async () => {
    const rag = new ScriptedRag(async function* () {
      yield START
      yield textOf('all')
    })
    let aborted = false
    rag.events.on('abort', () => {
      aborted = true
    })
    server = await startServer(rag)
    await new RestClient(server).post('/query/stream', BODY)
    await server.close()
    server = undefined
    expect(aborted).toBe(false)
  })

  it("asks for the stream within the request's own context", async () => {
    const context = new AsyncLocalStorage<string>()
    const seen: (string | undefined)[] = []
    class WatchingRag extends FakeRag {
      override queryStream(params: QueryParams) {
        seen.push(context.getStore())
        return super.queryStream(params)
      }
      override async insertFile(...args: Parameters<FakeRag['insertFile']>) {
        seen.push(context.getStore())
        return super.insertFile(...args)
      }
    }
    const app = await buildApp(new WatchingRag(), {}, (root) => {
      root.addHook('preHandler', (request, _reply, done) => {
        context.run(String(request.headers['x-who']), done)
      })
    })
    server = {
      baseUrl: await app.listen({ port: 0, host: '127.0.0.1' }),
      headers: { 'x-who': 'me' },
      close: () => app.close(),
    }
    const rest = new RestClient(server)
    await rest.post('/query/stream', BODY)
    await rest.upload('a.txt', 'text '.repeat(100_000))
    expect(seen).toEqual(['me', 'me'])
  })
})
