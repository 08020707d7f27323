import { createHash } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { connect } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { InsertFile, InsertResponse } from '../../../src/engine/documents/document-calls.ts'
import { EngineError } from '../../../src/engine/ports/engine-error.ts'
import type { RoutesOptions } from '../../../src/routes/register-routes.ts'
import { FakeRag } from '../../routes/fake-rag.ts'
import { startServer } from '../../routes/fake-server.ts'
import { RestClient, sleep, type TestServer } from '../../routes/rest-client.ts'

const HEAD = '--B\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
const TAIL = '\r\n--B--\r\n'
const DONE: InsertResponse = { status: 'success', message: 'Done', track_id: 'upload_1' }

type Take = (input: InsertFile, content: AsyncIterable<Uint8Array>) => Promise<InsertResponse>

class TakingRag extends FakeRag {
  readonly #take: Take

  constructor(take: Take) {
    super()
    this.#take = take
  }

  override insertFile(input: InsertFile, content: AsyncIterable<Uint8Array>) {
    return this.#take(input, content)
  }
}

/** Reads everything and gives back the length and the hash. */
const readAll: Take = async (_input, content) => {
  const hash = createHash('sha256')
  let length = 0
  for await (const chunk of content) {
    hash.update(chunk)
    length += chunk.length
  }
  return { ...DONE, message: `${length} ${hash.digest('hex')}` }
}

/** From here to the end of the test, only the test makes time pass. */
function stopTheClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
}

describe('an upload on the wire', () => {
  let server: TestServer
  let rest: RestClient
  afterEach(() => server.close())

  const start = async (take: Take, options: Partial<RoutesOptions> = {}) => {
    server = await startServer(new TakingRag(take), options)
    rest = new RestClient(server)
  }
  const head = (headers: Record<string, string>) =>
    rest.head('POST', '/documents/upload', {
      'content-type': 'multipart/form-data; boundary=B',
      ...headers,
    })
  const chunked = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
  const open = (text: string) => {
    const { hostname, port } = new URL(server.baseUrl)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.write(text)
    return socket
  }

  it('arrives byte for byte', async () => {
    await start(readAll)
    const bytes = Buffer.alloc(5_000_000, '\r\n--B\r\n-\0\xff', 'latin1')
    const { body } = await rest.upload('a.txt', bytes)
    expect(body.message).toBe(`5000000 ${createHash('sha256').update(bytes).digest('hex')}`)
  })

  it('is taken at exactly the longest length, and refused one byte later', async () => {
    await start(readAll, { maxUploadBytes: 200_000 })
    const fits = await rest.upload('a.txt', 'x'.repeat(200_000))
    expect(fits.status).toBe(200)
    expect(fits.body.message).toMatch(/^200000 /)
    const exceeds = await rest.upload('a.txt', 'x'.repeat(200_001))
    expect(exceeds.status).toBe(413)
    expect(exceeds.body).toEqual({ detail: 'The file is larger than 200000 bytes' })
  })

  it('breaks off for its reader when it is too long, whatever length it announced', async () => {
    let read = 0
    const failure = new EventEmitter()
    await start(
      async (_input, content) => {
        try {
          for await (const chunk of content) read += chunk.length
        } catch (error) {
          failure.emit('seen', error)
          throw new EngineError('store_unavailable', 'The file could not be stored', {
            cause: error,
          })
        }
        return DONE
      },
      { maxUploadBytes: 100_000 },
    )
    const seen = once(failure, 'seen')
    const start413 = head({ 'transfer-encoding': 'chunked' }) + chunked(HEAD)
    const socket = open(start413 + chunked('x'.repeat(300_000)))
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /)
    expect(String(answer)).toContain('The file is larger than 100000 bytes')
    expect((await seen)[0]).toMatchObject({ code: 'upload_too_large' })
    expect(read).toBeLessThanOrEqual(100_000)
    socket.destroy()
  })

  it.each(['multipart/form-data; boundary=B', 'application/json'])(
    'lets a client that sends on after a refusal read the answer, and ask again: %s',
    async (type) => {
      await start(readAll, { maxUploadBytes: 1000 })
      const body = HEAD + 'x'.repeat(5_900_000) + TAIL
      const socket = open(head({ 'content-type': type, 'content-length': String(body.length) }))
      for (let at = 0; at < body.length; at += 100_000) {
        socket.write(body.slice(at, at + 100_000))
        await sleep(5)
      }
      socket.write(rest.head('GET', '/health', { connection: 'close' }))
      let answers = ''
      for await (const data of socket) answers += data
      expect(answers).toMatch(/^HTTP\/1\.1 413 .*HTTP\/1\.1 200 /s)
    },
  )

  it('throws for its reader when the client leaves', async () => {
    const reader = new EventEmitter()
    await start(async (_input, content) => {
      reader.emit('begin')
      try {
        for await (const _chunk of content);
      } catch (error) {
        reader.emit('failed', error)
        throw error
      }
      return DONE
    })
    const [begin, failed] = [once(reader, 'begin'), once(reader, 'failed')]
    const socket = open(head({ 'content-length': '1000000' }) + HEAD + 'x'.repeat(100_000))
    await begin
    socket.destroy()
    expect((await failed)[0]).toMatchObject({ code: 'upload_interrupted' })
  })

  it('throws for a reader who comes late to a client that has left', async () => {
    const reader = new EventEmitter()
    await start(async (_input, content) => {
      reader.emit('begin')
      await sleep(200)
      await readAll(_input, content).catch((error) => reader.emit('failed', error))
      return DONE
    })
    const [begin, failed] = [once(reader, 'begin'), once(reader, 'failed')]
    const socket = open(head({ 'content-length': '1000000' }) + HEAD + 'x'.repeat(300_000))
    await begin
    socket.destroy()
    expect((await failed)[0]).toMatchObject({ code: 'upload_interrupted' })
  })

  it('throws for its reader when the client falls silent', async () => {
    const reader = new EventEmitter()
    stopTheClock()
    await start(
      async (input, content) => {
        reader.emit('begin')
        return readAll(input, content).catch((error) => {
          reader.emit('failed', error)
          throw error
        })
      },
      { maxUploadSilenceMs: 100 },
    )
    const [begin, failed] = [once(reader, 'begin'), once(reader, 'failed')]
    const socket = open(head({ 'content-length': '1000000' }) + HEAD + 'x'.repeat(1000))
    await begin
    vi.advanceTimersByTime(100)
    expect((await failed)[0]).toMatchObject({ code: 'upload_interrupted' })
    socket.destroy()
  })

  it('hangs up on a client that falls silent before its file begins', async () => {
    await start(readAll, { maxUploadSilenceMs: 100 })
    const socket = open(head({ 'content-length': '1000000' }))
    await once(socket, 'close')
  })

  it('waits as long as it takes for a reader who has the whole file', async () => {
    stopTheClock()
    await start(
      async (input, content) => {
        const done = await readAll(input, content)
        // Till the request is seen to have ended, too.
        await nextTurn()
        vi.advanceTimersByTime(400)
        await nextTurn()
        return done
      },
      { maxUploadSilenceMs: 100 },
    )
    expect((await rest.upload('a.txt', 'text')).status).toBe(200)
  })

  it.each<[string, Take]>([
    [
      'reads nothing of it',
      async () => {
        throw new EngineError('pipeline_busy', 'Not now')
      },
    ],
    [
      'stops in the middle',
      async (_input, content) => {
        for await (const _chunk of content) break
        throw new EngineError('pipeline_busy', 'Not now')
      },
    ],
  ])('is refused without a hang by a reader who %s', async (_who, take) => {
    await start(take)
    for (let times = 0; times < 3; times += 1) {
      const { status } = await rest.upload('a.txt', 'x'.repeat(3_000_000))
      expect(status).toBe(409)
    }
  })

  it('is answered though other large parts follow it', async () => {
    await start(readAll)
    const other =
      '\r\n--B\r\nContent-Disposition: form-data; name="other"; filename="b.txt"\r\n\r\n'
    const body = `${HEAD}first${other}${'y'.repeat(2_000_000)}${TAIL}`
    const { status, body: answer } = await rest.send<InsertResponse>('/documents/upload', {
      method: 'POST',
      body,
      headers: { 'content-type': 'multipart/form-data; boundary=B' },
    })
    expect(status).toBe(200)
    expect(answer.message).toMatch(/^5 /)
    expect((await rest.get('/health')).status).toBe(200)
  })

  it('is refused when it hides behind too many parts', async () => {
    await start(readAll)
    const field = '--B\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n'
    const { status } = await rest.send('/documents/upload', {
      method: 'POST',
      body: field.repeat(5000) + HEAD + TAIL,
      headers: { 'content-type': 'multipart/form-data; boundary=B' },
    })
    expect(status).toBe(413)
  })
})
