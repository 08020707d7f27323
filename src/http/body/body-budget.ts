import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RequestError } from '../errors/request-error.ts'
import { BODY_BYTES } from './body-sizes.ts'

export interface BodyBudgetOptions {
  /** Most bytes that bodies of all callers take at once. */
  readonly maxBytes: number
  /** Most bytes that bodies of one caller take at once. */
  readonly maxBytesPerCaller: number
}

export interface BodyBudgetStats {
  /** Taken now. */
  readonly bytes: number
  /** Callers who take them. */
  readonly callers: number
  /** Bodies that found no room, since the start. */
  readonly refused: number
}

/** What large bodies may take of the whole: questions go on while texts fill it. */
export const LARGE_SHARE = 3 / 4
const RETRY_AFTER_SECONDS = 2
/** Of a body that is handed on as it arrives: what stands in between. */
const STREAMED_BYTES = 1024 * 1024

/** Counts the memory that bodies take from their arrival until their request has been answered. */
export class BodyBudget {
  readonly #options: BodyBudgetOptions
  readonly #callers = new Map<string, number>()
  #bytes = 0
  #refused = 0

  constructor(options: BodyBudgetOptions) {
    this.#options = options
  }

  /** What one body takes; nothing at first. */
  share(caller: string): BodyShare {
    return new BodyShare((from, to) => this.#change(caller, from, to))
  }

  stats(): BodyBudgetStats {
    return { bytes: this.#bytes, callers: this.#callers.size, refused: this.#refused }
  }

  #change(caller: string, from: number, to: number): void {
    const own = (this.#callers.get(caller) ?? 0) - from + to
    const all = this.#bytes - from + to
    if (to > from) this.#assertRoom({ to, own, all })
    this.#bytes = all
    if (own > 0) this.#callers.set(caller, own)
    else this.#callers.delete(caller)
  }

  #assertRoom({ to, own, all }: { to: number; own: number; all: number }): void {
    const { maxBytes, maxBytesPerCaller } = this.#options
    const most = to > BODY_BYTES.question ? maxBytes * LARGE_SHARE : maxBytes
    const refusal = to > Math.min(most, maxBytesPerCaller) ? neverFits() : null
    if (refusal === null && own <= maxBytesPerCaller && all <= most) return
    this.#refused += 1
    throw refusal ?? (own > maxBytesPerCaller ? tooMuchOfCaller() : tooMuchOfAll())
  }
}

/** The part of a budget that one body takes. */
export class BodyShare {
  readonly #change: (from: number, to: number) => void
  #bytes = 0
  #released = false

  constructor(change: (from: number, to: number) => void) {
    this.#change = change
  }

  /**
   * Takes so many bytes in all; fewer than are taken already change nothing.
   *
   * @throws {RequestError} `caller_sends_too_much`, `server_holds_too_much`, `body_too_large`
   */
  growTo(bytes: number): void {
    if (this.#released || bytes <= this.#bytes) return
    this.#change(this.#bytes, bytes)
    this.#bytes = bytes
  }

  /** Gives everything back, for good. */
  release(): void {
    if (this.#released) return
    this.#released = true
    this.#change(this.#bytes, 0)
  }
}

const SHARE: unique symbol = Symbol('body share')

declare module 'fastify' {
  interface FastifyRequest {
    [SHARE]?: BodyShare
  }
}

/**
 * Takes what the body of each request will need from the budget, before it is read where its length
 * is known and as it arrives where not, and gives it back however the request ends.
 *
 * Register it behind whatever admits callers.
 *
 * @param callerOf who sends a request that has been admitted
 */
export function budgetBodies(
  app: FastifyInstance,
  budget: BodyBudget,
  callerOf: (request: FastifyRequest) => string,
): void {
  app.addHook('preParsing', (request, reply, payload, done) => {
    const bytes = bytesAhead(request)
    if (bytes === undefined) {
      done(null, payload)
      return
    }
    const share = budget.share(callerOf(request))
    try {
      share.growTo(bytes)
    } catch (error) {
      done(error as Error)
      return
    }
    request[SHARE] = share
    // It comes however a request ends; of a connection that ended earlier it has come already.
    reply.raw.once('close', () => share.release())
    if (reply.raw.closed) share.release()
    done(null, payload)
  })
}

/** What the body of a request takes; undefined where nobody counts. */
export function bodyShareOf(request: FastifyRequest): BodyShare | undefined {
  return request[SHARE]
}

/** What is taken before a byte of the body is read; undefined when there is none. */
function bytesAhead({ headers, routeOptions }: FastifyRequest): number | undefined {
  const length = headers['content-length']
  const chunked = headers['transfer-encoding'] !== undefined
  if (!chunked && (length === undefined || length === '0')) return undefined
  if (routeOptions.config.streamedBody === true) return STREAMED_BYTES
  if (!chunked) return Number(length)
  // Others than our own parsers do not count what they read.
  return routeOptions.schema?.body === undefined ? (routeOptions.bodyLimit ?? 0) : 0
}

function tooMuchOfCaller(): RequestError {
  return new RequestError(
    'caller_sends_too_much',
    'You send too much at once; try again shortly.',
    {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    },
  )
}

function tooMuchOfAll(): RequestError {
  return new RequestError(
    'server_holds_too_much',
    'The server has too much to take in at once; try again shortly.',
    { retryAfterSeconds: RETRY_AFTER_SECONDS },
  )
}

function neverFits(): RequestError {
  return new RequestError('body_too_large', 'The body takes too much memory; send it in parts.')
}
