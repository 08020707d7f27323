import { setMaxListeners } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { Tally } from './tally.ts'

/** So long a caller waits for an answer. */
const PATIENCE_MS = 30_000

export interface Answer {
  /** 0 when there was none. */
  readonly status: number
  readonly text: string
}

export interface Place {
  readonly url: string
  /** Headers that show who the caller is. */
  readonly headers: Readonly<Record<string, string>>
  readonly username: string
  /** Where the server looks for files of the caller's workspace. */
  readonly inputs: string
  /** From which the caller's connections come; any of this machine unless told. */
  readonly address?: string
}

export type Body = object | string | Buffer | AsyncIterable<Buffer>

/** Sends whatever it is told, counts what came, and never fails. */
export class Caller {
  readonly statuses: Tally
  readonly place: Place
  readonly signal: AbortSignal
  readonly #agent: Agent

  constructor(place: Place, signal: AbortSignal, statuses: Tally = new Tally()) {
    this.statuses = statuses
    this.place = place
    this.signal = signal
    // Each connection and each pause waits for the end.
    setMaxListeners(0, signal)
    this.#agent = new Agent({
      connections: 64,
      headersTimeout: PATIENCE_MS,
      bodyTimeout: PATIENCE_MS,
      ...(place.address === undefined ? {} : { localAddress: place.address }),
    })
  }

  /** A request with the caller's credential; an object is sent as JSON, other bodies as they are. */
  call(method: string, path: string, body?: Body, headers: Readonly<Record<string, string>> = {}) {
    return this.bare(method, path, body, { ...this.place.headers, ...headers })
  }

  /** The same caller with another credential. */
  as(headers: Readonly<Record<string, string>>): Caller {
    return new Caller({ ...this.place, headers }, this.signal, this.statuses)
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path)
  }

  post(path: string, body?: Body): Promise<Answer> {
    return this.call('POST', path, body)
  }

  /** A request with these headers alone. */
  async bare(
    method: string,
    path: string,
    body?: Body,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const asIs = typeof body === 'string' || Buffer.isBuffer(body) || isStream(body)
    const type = body === undefined ? {} : { 'content-type': 'application/json' }
    try {
      const { statusCode, body: answer } = await request(`${this.place.url}${path}`, {
        method: method as 'GET',
        headers: { ...type, ...headers },
        body: body === undefined ? null : asIs ? (body as string) : JSON.stringify(body),
        signal: this.signal,
        dispatcher: this.#agent,
      })
      const text = await answer.text()
      this.statuses.add(statusCode)
      return { status: statusCode, text }
    } catch (error) {
      this.statuses.add(this.signal.aborted ? 'unanswered' : codeOf(error))
      return { status: 0, text: '' }
    }
  }

  /** One file as a form. */
  async upload(name: string, content: Buffer | string): Promise<Answer> {
    const form = new FormData()
    form.append('file', new Blob([content as string]), name)
    const made = new Request('http://form.invalid', { method: 'POST', body: form })
    const type = made.headers.get('content-type') ?? ''
    const body = Buffer.from(await made.arrayBuffer())
    return this.call('POST', '/documents/upload', body, { 'content-type': type })
  }

  /** Sends a text, or what else `body` has, and waits until it is taken in or has failed. */
  async land(path: string, body: Body): Promise<void> {
    const { text } = await this.post(path, body)
    const { track_id: track } = readObject(text)
    if (typeof track !== 'string') return
    while (!this.signal.aborted) {
      const { text } = await this.get(`/documents/track_status/${track}`)
      if (text === '' || !/"status":"(?:pending|processing|preprocessed)"/.test(text)) return
      await sleep(200)
    }
  }

  /** A connection on which `pieces` are sent with pauses; what comes back first is counted. */
  open(pieces: Iterable<string | Buffer>, pauseMs = 0): Socket {
    const { url, address } = this.place
    const { hostname, port } = new URL(url)
    const socket = connect({
      host: hostname,
      port: Number(port),
      ...(address === undefined ? {} : { localAddress: address }),
    })
    const end = () => socket.destroy()
    this.signal.addEventListener('abort', end, { once: true })
    let came = 'no answer'
    socket.once('data', (data) => {
      came = String(data.subarray(9, 12))
    })
    socket.on('error', (error) => {
      if (came === 'no answer') came = codeOf(error)
    })
    socket.once('close', () => {
      this.signal.removeEventListener('abort', end)
      this.statuses.add(came)
    })
    void this.#write(socket, pieces, pauseMs)
    return socket
  }

  async #write(socket: Socket, pieces: Iterable<string | Buffer>, pauseMs: number): Promise<void> {
    for (const piece of pieces) {
      if (socket.destroyed) return
      await new Promise((resolve) => socket.write(piece, resolve))
      if (pauseMs > 0) await sleep(pauseMs)
    }
  }

  /** Pauses, but not beyond the end. */
  async rest(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.signal }).catch(() => undefined)
  }

  close(): Promise<void> {
    return this.#agent.destroy()
  }
}

function isStream(body: Body | undefined): boolean {
  return typeof body === 'object' && Symbol.asyncIterator in body
}

function codeOf(error: unknown): string {
  const { code, cause } = error as { code?: string; cause?: { code?: string } }
  return code ?? cause?.code ?? String(error)
}

/** The object that a text is, or an empty one. */
export function readObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
