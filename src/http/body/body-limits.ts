import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { RequestError } from '../errors/request-error.ts'
import { BODY_BYTES } from './body-sizes.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set on routes that hand their body on as it arrives, so that memory never holds it whole. */
    streamedBody?: boolean
  }
}

/** Methods whose requests Fastify reads a body of. */
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/**
 * Holds every route to the bound on its body that it declares as `bodyLimit`, before the body is
 * read. A route that takes a body and declares none stops the server from starting.
 *
 * @param mostBytes of any body but those that are streamed
 */
export function requireBodyLimits(app: FastifyInstance, mostBytes = Number.MAX_SAFE_INTEGER): void {
  app.addHook('onRoute', (route) => {
    if (![route.method].flat().some((method) => WITH_BODY.has(method))) return
    const limit = declaredLimit(route)
    route.bodyLimit = route.config?.streamedBody === true ? limit : Math.min(limit, mostBytes)
  })
  app.addHook('preParsing', (request, _reply, payload, done) => {
    const refusal = refusalOf(request)
    if (refusal === undefined) done(null, payload)
    else done(refusal)
  })
}

export function bodyTooLarge(limit: number): RequestError {
  return new RequestError('body_too_large', `The body is larger than ${limit} bytes.`)
}

function declaredLimit({ method, url, schema, bodyLimit }: RouteOptions): number {
  if (bodyLimit !== undefined) return bodyLimit
  // Without a schema nobody looks at the body: the parsers leave it unread.
  if (schema?.body === undefined) return BODY_BYTES.small
  throw new TypeError(`No bodyLimit is declared for the body of ${method} ${url}`)
}

function refusalOf({ headers, routeOptions }: FastifyRequest): RequestError | undefined {
  const length = headers['content-length']
  const chunked = headers['transfer-encoding'] !== undefined
  if (!chunked && (length === undefined || length === '0')) return undefined
  const limit = routeOptions.bodyLimit ?? BODY_BYTES.small
  if (Number(length) > limit) return bodyTooLarge(limit)
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding.toLowerCase() !== 'identity') {
    return new RequestError(
      'body_encoded',
      `The body is not unpacked here; send it without Content-Encoding: ${encoding.slice(0, 40)}.`,
    )
  }
  // Forms in parts are read past the limit on bodies, so their length has to be known.
  const inParts = headers['content-type']?.toLowerCase().startsWith('multipart/')
  if (chunked && inParts && routeOptions.config.streamedBody !== true) {
    return new RequestError('length_required', 'Send a form in parts with its Content-Length.')
  }
  return undefined
}
