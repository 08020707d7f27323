import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { announce, announceEnd, type Work } from '../../engine/work/announced-work.ts'

export interface AnnounceRequestsOptions {
  /** Whose work a request is, once it is admitted; null for work of no workspace. */
  readonly workOf: (request: FastifyRequest) => Work | null
}

const WORK: unique symbol = Symbol('work')

declare module 'fastify' {
  interface FastifyRequest {
    [WORK]?: Work
  }
}

/**
 * Announces the work on requests that is not the engine's: a body is parsed right after it is there,
 * an answer is written right before it goes.
 */
export const announceRequests = fp(
  async (app: FastifyInstance, { workOf }: AnnounceRequestsOptions) => {
    app.addHook('preParsing', (request, _reply, payload, done) => {
      const work = workOf(request)
      if (work !== null) request[WORK] = work
      announce(work)
      // The bytes of others came in between.
      if (hasBody(request)) request.raw.once('end', () => announce(work))
      done(null, payload)
    })
    app.addHook('preSerialization', (request, _reply, payload, done) => {
      announce(request[WORK] ?? null)
      done(null, payload)
    })
    app.addHook('onSend', (request, _reply, _payload, done) => {
      if (request[WORK] !== undefined) announceEnd(request[WORK])
      done()
    })
  },
  { name: 'announce-requests', fastify: '5.x' },
)

/** The id of a request among what is announced; undefined before it is admitted. */
export function announcedRequestOf(request: FastifyRequest): string | undefined {
  return request[WORK]?.request
}

export function hasBody({ raw: { headers } }: FastifyRequest): boolean {
  return (headers['content-length'] ?? headers['transfer-encoding'] ?? '0') !== '0'
}
