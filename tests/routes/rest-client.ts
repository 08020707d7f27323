import { connect } from 'node:net'
import type {
  DocStatusResponse,
  InsertResponse,
  TrackStatus,
} from '../../src/engine/documents/document-calls.ts'
import type { ValidationIssue } from '../../src/http/errors/validation-error.ts'
import type { ReplyCheck } from '../contract/reply-check.ts'

/** A server under test, as its callers see it. */
export interface TestServer {
  readonly baseUrl: string
  /** Credentials, where the server wants any. */
  readonly headers: Readonly<Record<string, string>>
  close(): Promise<void>
}

export interface Reply<Body> {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text as JSON; undefined where it is none. */
  readonly body: Body
}

export interface Refusal {
  readonly detail: string
}

export interface Invalid {
  readonly detail: readonly ValidationIssue[]
}

/** Speaks to a server over real sockets, as a script would. */
export class RestClient {
  readonly #server: TestServer
  readonly #check: ReplyCheck | undefined

  /** @param check called with every reply that is read to its end */
  constructor(server: TestServer, check?: ReplyCheck) {
    this.#server = server
    this.#check = check
  }

  async send<Body>(path: string, init: RequestInit = {}): Promise<Reply<Body>> {
    const response = await this.fetch(path, init)
    const text = await response.text()
    const contentType = response.headers.get('content-type') ?? ''
    const isJson = contentType.startsWith('application/json')
    const body = isJson && text !== '' ? JSON.parse(text) : undefined
    const { status, headers } = response
    this.#check?.({ method: init.method ?? 'GET', path, status, contentType, text, body })
    return { status, headers, text, body }
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...this.#server.headers, ...(init.headers as Record<string, string>) }
    return fetch(`${this.#server.baseUrl}${path}`, { redirect: 'manual', ...init, headers })
  }

  get<Body>(path: string): Promise<Reply<Body>> {
    return this.send(path)
  }

  post<Body>(path: string, body: unknown): Promise<Reply<Body>> {
    return this.#withBody('POST', path, JSON.stringify(body))
  }

  delete<Body>(path: string, body: unknown): Promise<Reply<Body>> {
    return this.#withBody('DELETE', path, JSON.stringify(body))
  }

  /** A body that is sent as it stands, under a JSON content type. */
  postRaw<Body>(path: string, body: string | Uint8Array<ArrayBuffer>): Promise<Reply<Body>> {
    return this.#withBody('POST', path, body)
  }

  upload<Body = InsertResponse>(
    name: string,
    content: string | Uint8Array<ArrayBuffer>,
    path = '/documents/upload',
  ): Promise<Reply<Body>> {
    const form = new FormData()
    form.append('file', new Blob([content]), name)
    return this.send(path, { method: 'POST', body: form })
  }

  /** Waits until no document of a track is on its way any more. */
  async settled(trackId: string): Promise<readonly DocStatusResponse[]> {
    for (;;) {
      const { documents } = answered(
        await this.get<TrackStatus>(`/documents/track_status/${trackId}`),
      )
      if (documents.length > 0 && documents.every(({ status }) => isFinal(status))) {
        return documents
      }
      await sleep(50)
    }
  }

  /** Empties the workspace, whatever is going on in it. */
  async clear(): Promise<void> {
    answered(await this.send<{ status: string }>('/documents', { method: 'DELETE' }))
  }

  /** The head of a request for `raw`, credentials included. */
  head(method: string, path: string, headers: Record<string, string>): string {
    const { host } = new URL(this.#server.baseUrl)
    const lines = Object.entries({ host, ...this.#server.headers, ...headers })
    return [`${method} ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)]
      .join('\r\n')
      .concat('\r\n\r\n')
  }

  /**
   * Writes bytes on a socket of its own and gives back all that the server says.
   *
   * @param then `wait` for the server to answer or hang up, or `cut` the connection, after the bytes
   *   or after what a promise stands for
   */
  raw(bytes: string | Uint8Array, then: 'wait' | 'cut' | Promise<unknown>): Promise<string> {
    const { hostname, port } = new URL(this.#server.baseUrl)
    return new Promise((resolve) => {
      const socket = connect(Number(port), hostname)
      let answer = ''
      socket.on('data', (data) => {
        answer += data.toString('latin1')
        if (answer.includes('\r\n\r\n')) socket.end(() => resolve(answer))
      })
      // A refused client may find the connection reset; what counts is what it could read before.
      socket.on('error', () => {})
      socket.on('close', () => resolve(answer))
      socket.write(bytes, () => {
        if (then === 'cut') setTimeout(() => socket.destroy(), 50)
        else if (then !== 'wait') then.finally(() => socket.destroy())
      })
    })
  }

  #withBody<Body>(
    method: string,
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
  ): Promise<Reply<Body>> {
    return this.send(path, { method, body, headers: { 'content-type': 'application/json' } })
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function answered<Body>({ status, text, body }: Reply<Body>): Body {
  if (status !== 200) throw new Error(`the server answered ${status}: ${text}`)
  return body
}

function isFinal(status: string): boolean {
  return status === 'processed' || status === 'failed'
}
