import { describedEndpoints, type Endpoint } from './openapi-document.ts'
import { faults } from './schema-check.ts'

/** A reply as it came, to be held against the description of the API. */
export interface SeenReply {
  readonly method: string
  /** With its query, if any. */
  readonly path: string
  readonly status: number
  readonly contentType: string
  readonly text: string
  /** Parsed JSON; undefined for anything else. */
  readonly body: unknown
}

/** Throws when a reply is none that docs/openapi.json describes. */
export type ReplyCheck = (reply: SeenReply) => void

/** Statuses that any request can meet before it comes to an operation. */
const ANYWHERE = new Set([404, 405, 307, 411, 414, 431])

export async function replyCheck(): Promise<ReplyCheck> {
  const endpoints = (await describedEndpoints()).map((endpoint) => ({
    endpoint,
    pattern: patternOf(endpoint.path),
  }))
  return (reply) => {
    const path = reply.path.split('?')[0] ?? ''
    const found = endpoints
      .filter(({ endpoint, pattern }) => endpoint.method === reply.method && pattern.test(path))
      // A path without parameters is meant where it fits.
      .sort((a, b) => Number(a.endpoint.path.includes('{')) - Number(b.endpoint.path.includes('{')))
    const endpoint = found[0]?.endpoint
    if (endpoint !== undefined) hold(endpoint, reply)
  }
}

function hold({ path, operation }: Endpoint, reply: SeenReply): void {
  const { method, status, contentType, text, body } = reply
  const name = `${method} ${path} ${status}`
  const described = operation.responses[status]
  if (described === undefined) {
    if (ANYWHERE.has(status)) return
    throw new Error(`${name} is not described: ${JSON.stringify(body)}`)
  }
  if (described.content === undefined) {
    if (text !== '') throw new Error(`${name} is described without a body, but has one: ${text}`)
    return
  }
  const type = contentType.split(';')[0]?.trim() ?? ''
  const media = described.content[type]
  if (media === undefined) throw new Error(`${name} is not described as ${contentType}`)
  if (type !== 'application/json') return
  const wrong = faults(media.schema, body)
  if (wrong.length > 0) throw new Error(`${name}: ${wrong.join('; ')} in ${JSON.stringify(body)}`)
}

function patternOf(path: string): RegExp {
  const escaped = path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}
