import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

const HEADER = 'x-request-id'
const ACCEPTABLE = /^[A-Za-z0-9._-]{1,64}$/

/** The id that a caller gave, when it is safe to log and to send back; a fresh one otherwise. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers[HEADER]
  return typeof given === 'string' && ACCEPTABLE.test(given) ? given : randomUUID()
}

/** Names the request's id in every response. */
export function sendRequestId(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header(HEADER, request.id)
    done()
  })
}
