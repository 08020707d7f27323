import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ERROR_STATUS } from './error-status.ts'
import { type PublicError, publicError } from './public-error.ts'
import { RequestValidationError } from './validation-error.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set on routes that LightRAG does not have: errors there also carry a code. */
    codedErrors?: boolean
  }
  interface FastifyRequest {
    /** What the caller may be told of a failure. Logs failures, with what the caller must not see. */
    explainError(error: unknown): PublicError
  }
}

const UNFORESEEN = 'internal'
/** For a 503 of which nobody knows how long it lasts. */
const RETRY_AFTER_SECONDS = 5

/** Statuses of error codes beyond those of the engine and of HTTP itself. */
export type ErrorStatuses = Readonly<Record<string, number>>

/**
 * Answers every failure of a request in one place: `{ detail }` with the status of its code,
 * FastAPI's 422 for a request that does not fit its schema, 500 with an id for all else.
 */
export function addErrorHandler(app: FastifyInstance, more: ErrorStatuses = {}): void {
  const statuses = new Map(Object.entries({ ...more, ...ERROR_STATUS }))
  app.decorateRequest('explainError', function explain(error: unknown): PublicError {
    const known = publicError(error, statuses)
    if (known === undefined) return unforeseen(this, error)
    if (known.status >= 500 && !isGone(this)) logFailure(this, known, error)
    return known
  })
  app.setErrorHandler((error, request, reply) => {
    // Fastify closes after a body that it did not take; that would cut off a client still sending.
    if (reply.hasHeader('connection')) reply.removeHeader('connection')
    if (error instanceof RequestValidationError) {
      return reply.code(422).send(body(request, 'request_invalid', error.message, error.issues))
    }
    if (isGone(request)) return abandon(request, reply, error)
    const { status, code, message, retryAfterSeconds } = request.explainError(error)
    const wait = retryAfterSeconds ?? (status === 503 ? RETRY_AFTER_SECONDS : undefined)
    if (wait !== undefined) reply.header('retry-after', wait)
    return reply.code(status).send(body(request, code, message, message))
  })
}

function body(request: FastifyRequest, code: string, message: string, detail: unknown) {
  if (request.routeOptions.config.codedErrors !== true) return { detail }
  return { detail, error: { code, message, request_id: request.id } }
}

/** Of what passes by itself, such as a model that is out, it does not matter where it was noticed. */
function logFailure(request: FastifyRequest, known: PublicError, error: unknown): void {
  const { status, code } = known
  if (status === 500) request.log.error({ err: error }, 'request failed')
  else request.log.warn({ code, reason: unquoted(known.message, request.body) }, 'request failed')
}

function unforeseen(request: FastifyRequest, error: unknown): PublicError {
  const errorId = randomBytes(6).toString('hex')
  request.log.error({ err: error, errorId }, 'unforeseen error')
  const message = `Internal server error (error_id: ${errorId})`
  return { status: 500, code: UNFORESEEN, message }
}

function isGone(request: FastifyRequest): boolean {
  return request.raw.socket.destroyed
}

/** Nobody reads this answer; its status is for the log. */
function abandon(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  request.log.info({ err: error }, 'the client left')
  return reply.code(499).send()
}

/** A shorter run of characters is said by chance. */
const SHORTEST_QUOTE = 12
/** More of a body is not searched for. */
const LONGEST_TEXT = 20_000

/** A message without what it quotes of a request: a provider may repeat the question that it refuses. */
function unquoted(message: string, body: unknown): string {
  const said = textsIn(body).join('\n').slice(0, LONGEST_TEXT)
  let result = ''
  let at = 0
  while (at < message.length) {
    let end = at + SHORTEST_QUOTE
    if (end > message.length || !said.includes(message.slice(at, end))) {
      result += message[at]
      at += 1
      continue
    }
    while (end < message.length && said.includes(message.slice(at, end + 1))) end += 1
    result += '[…]'
    at = end
  }
  return result
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
