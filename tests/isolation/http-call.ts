import { once } from 'node:events'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { Call } from './route-cases.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** Everything that was sent: an answer may repeat it. */
  readonly sent: string
}

/** One request over a socket of its own; unlike `fetch` it sends whatever `Host` it is told. */
export async function send(
  url: string,
  method: string,
  { path, body, upload, headers: ofCall }: Call,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const all: Record<string, string> = { ...headers, ...ofCall, connection: 'close' }
  let payload: Buffer | undefined
  if (upload !== undefined) {
    const form = new FormData()
    form.append('file', new Blob([upload.content]), upload.name)
    const request = new Request('http://form.invalid', { method: 'POST', body: form })
    all['content-type'] = request.headers.get('content-type') ?? ''
    payload = Buffer.from(await request.arrayBuffer())
  } else if (body !== undefined) {
    all['content-type'] = 'application/json'
    payload = Buffer.from(JSON.stringify(body))
  }
  if (payload !== undefined) all['content-length'] = String(payload.length)
  const request = httpRequest(`${url}${path}`, { method, headers: all, agent: false })
  request.end(payload)
  const [response] = await once(request, 'response')
  let text = ''
  const isEndless = response.headers['content-type']?.startsWith('text/event-stream') === true
  for await (const piece of response.setEncoding('utf8')) {
    text += piece
    if (isEndless) break
  }
  const sent = `${decodeURIComponent(path)}\n${JSON.stringify(headers)}\n${payload?.toString() ?? ''}`
  return { status: response.statusCode, headers: response.headers, text, sent }
}
