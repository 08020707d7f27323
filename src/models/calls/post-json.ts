import { ANSWER_IN_LINES, type BodyBounds, ONE_ANSWER } from './bounded-body.ts'
import {
  CallFailure,
  connectionFailure,
  reportedFailure,
  statusFailure,
  unreadableAnswer,
} from './call-failure.ts'
import { modelFetch } from './model-fetch.ts'
import { retryAfterMs } from './retry-after.ts'

export interface PostTarget {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** An object's fields, or none where there is no object. */
export type Fields = Readonly<Record<string, unknown>>

/** @throws {CallFailure} */
export async function postForJson(
  target: PostTarget,
  body: unknown,
  signal: AbortSignal,
  bounds: BodyBounds = ONE_ANSWER,
): Promise<Fields> {
  const response = await post(target, body, signal, bounds)
  const text = await response.text().catch((error: unknown) => {
    throw readingFailure(error)
  })
  return parsed(text)
}

/** Objects of an answer that has one a line, as they arrive. @throws {CallFailure} */
export async function* postForLines(
  target: PostTarget,
  body: unknown,
  signal: AbortSignal,
): AsyncGenerator<Fields, void, undefined> {
  const response = await post(target, body, signal, ANSWER_IN_LINES)
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const bytes of response.body ?? []) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.trim() !== '') yield parsed(line)
    }
  } catch (error) {
    throw readingFailure(error)
  }
  if (rest.trim() !== '') yield parsed(rest)
}

/** The error that an answer with a good status reports in its place, if it does. */
export function reportedIn(answer: unknown): unknown {
  const fields = fieldsOf(answer)
  if (fields.object === 'error') return fields
  const { error } = fields
  return error === undefined || error === null || error === '' ? undefined : error
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function readingFailure(error: unknown): CallFailure {
  return error instanceof CallFailure ? error : connectionFailure(error)
}

async function post(
  target: PostTarget,
  body: unknown,
  signal: AbortSignal,
  bounds: BodyBounds,
): Promise<Response> {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...target.headers },
    body: JSON.stringify(body),
    signal,
  }
  const response = await modelFetch(target.url, request, bounds).catch((error: unknown) => {
    throw connectionFailure(error)
  })
  if (response.ok) return response
  const said = await response.text().catch(() => '')
  const wait = retryAfterMs(response.headers.get('retry-after'), Date.now())
  throw statusFailure(response.status, wait, explanationIn(said))
}

function parsed(text: string): Fields {
  const answer = parsedOrNull(text)
  if (answer === null) throw unreadableAnswer()
  const reported = reportedIn(answer)
  if (reported !== undefined) throw reportedFailure(reported)
  return answer
}

function parsedOrNull(text: string): Fields | null {
  try {
    return fieldsOf(JSON.parse(text))
  } catch {
    return null
  }
}

/** Providers put it in `error`, `error.message`, `message` or `detail`. */
function explanationIn(body: string): string | undefined {
  const { error, message, detail } = parsedOrNull(body) ?? {}
  return [error, fieldsOf(error).message, message, detail].find((said) => typeof said === 'string')
}
