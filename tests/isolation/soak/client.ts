import { Pool } from 'undici'

export interface SoakCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: object
  readonly form?: Readonly<Record<string, string>>
  /** Sent as one file of a form instead of a body. */
  readonly upload?: { readonly name: string; readonly content: string }
}

export interface SoakAnswer {
  /** Undefined when the caller left before there was one. */
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** As much of it as arrived. */
  readonly text: string
  /** Everything that was sent: an answer may repeat it. */
  readonly sent: string
}

/** When a caller hangs up: before the answer begins, or after its first bytes. */
export type Leaving = 'before' | 'halfway'

const BOUNDARY = 'soak-boundary-7f3a'

/** Many callers over sockets that stay open, unless a caller hangs up. */
export class SoakClient {
  readonly #sockets: Pool

  constructor(url: string, connections: number) {
    this.#sockets = new Pool(url, { connections, headersTimeout: 120_000, bodyTimeout: 120_000 })
  }

  async call(call: SoakCall, leaving?: Leaving): Promise<SoakAnswer> {
    const { type, payload } = payloadOf(call)
    const headers = { ...call.headers, ...(type === undefined ? {} : { 'content-type': type }) }
    const sent = `${decodeURIComponent(call.path)}\n${JSON.stringify(headers)}\n${payload ?? ''}`
    const hangUp = new AbortController()
    const { method, path } = call
    const request = { method, path, headers, body: payload ?? null, signal: hangUp.signal }
    if (leaving === 'before') setImmediate(() => hangUp.abort())
    try {
      const { statusCode: status, headers, body } = await this.#sockets.request(request)
      if (leaving === undefined) return { status, headers, text: await body.text(), sent }
      let text = ''
      for await (const piece of body.setEncoding('utf8')) {
        text += piece
        break
      }
      return { status, headers, text, sent }
    } catch (error) {
      if (!hangUp.signal.aborted) throw error
      return { status: undefined, headers: {}, text: '', sent }
    }
  }

  close(): Promise<void> {
    return this.#sockets.destroy()
  }
}

function payloadOf({ body, form, upload }: SoakCall): { type?: string; payload?: string } {
  if (form !== undefined) {
    const payload = new URLSearchParams(form).toString()
    return { type: 'application/x-www-form-urlencoded', payload }
  }
  if (body !== undefined) return { type: 'application/json', payload: JSON.stringify(body) }
  if (upload === undefined) return {}
  const head = `content-disposition: form-data; name="file"; filename="${upload.name}"\r\ncontent-type: text/plain`
  const payload = `--${BOUNDARY}\r\n${head}\r\n\r\n${upload.content}\r\n--${BOUNDARY}--\r\n`
  return { type: `multipart/form-data; boundary=${BOUNDARY}`, payload }
}
