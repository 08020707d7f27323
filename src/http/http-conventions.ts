import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify'
import fp from 'fastify-plugin'
import { requireBodyLimits } from './body/body-limits.ts'
import { addBodyParsers } from './body/body-parsers.ts'
import { BODY_BYTES } from './body/body-sizes.ts'
import { answerBadHttp } from './errors/bad-http.ts'
import { addErrorHandler, type ErrorStatuses } from './errors/error-handler.ts'
import { RequestError } from './errors/request-error.ts'
import { answerUnrouted } from './errors/unrouted.ts'
import type { PrefixOf } from './guards/path-prefix.ts'
import { requireBounds } from './validation/unbounded-fields.ts'
import { validatorCompiler } from './validation/validator-compiler.ts'

const REQUEST_ID = 'x-request-id'
const ACCEPTABLE_ID = /^[A-Za-z0-9._-]{1,64}$/

/** Options for `fastify()` that go with {@link httpConventions}. */
export const httpServerOptions = {
  genReqId: requestIdOf,
  clientErrorHandler: answerBadHttp,
  // The longest a request may take to arrive, whatever it is. Fastify's default is for ever.
  requestTimeout: 30 * 60 * 1000,
  // Of routes that libraries add, and that declare none.
  bodyLimit: BODY_BYTES.small,
  // Ids come from the callers' side of many tools; 100, the default, cuts some of them off.
  routerOptions: { maxParamLength: 1024 },
  frameworkErrors: (
    error: { statusCode?: number },
    _request: FastifyRequest,
    reply: FastifyReply,
  ) => reply.code(error.statusCode === 414 ? 414 : 400).send({ detail: 'The URL is not valid' }),
} satisfies FastifyServerOptions

export interface HttpConventionsOptions {
  /** HTTP statuses of error codes from layers around the engine. */
  readonly errorStatuses?: ErrorStatuses
  /** Longest body of any route, uploads excepted, in bytes; that of each route unless given. */
  readonly maxBodyBytes?: number
  /** Below which path callers see the server; the root unless given. */
  readonly prefixOf?: PrefixOf
}

/**
 * How this API speaks HTTP, whatever it serves: bodies, validation, errors, unknown paths, request
 * ids. Register on the root, before any route.
 */
export const httpConventions = fp(
  async (app: FastifyInstance, options: HttpConventionsOptions) => {
    const { errorStatuses, maxBodyBytes, prefixOf } = options
    app.setValidatorCompiler(validatorCompiler)
    addBodyParsers(app)
    addErrorHandler(app, errorStatuses)
    sendRequestId(app)
    refuseRepeatedHost(app)
    answerUnrouted(app, prefixOf)
    requireBodyLimits(app, maxBodyBytes)
    requireBounds(app)
  },
  { name: 'http-conventions', fastify: '5.x' },
)

/** The id that a caller gave, when it is safe to log and to send back; a fresh one otherwise. */
function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers[REQUEST_ID]
  return typeof given === 'string' && ACCEPTABLE_ID.test(given) ? given : randomUUID()
}

/** Names the request's id in every response. */
function sendRequestId(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header(REQUEST_ID, request.id)
    done()
  })
}

/** Refuses a request with two `Host` headers, of which a proxy may have believed the other one. */
function refuseRepeatedHost(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw: { rawHeaders } }, _reply, done) => {
    let hosts = 0
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const name = rawHeaders[i]
      if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1
    }
    if (hosts < 2) done()
    else done(new RequestError('host_repeated', 'A request names one Host'))
  })
}
