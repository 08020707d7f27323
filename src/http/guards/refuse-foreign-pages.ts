import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { RequestError } from '../errors/request-error.ts'
import { hostMatcher, isBeyondDns, readHost } from './host-names.ts'

export interface ForeignPagesOptions {
  /** Names that the server answers to beyond those that DNS cannot lead astray. */
  readonly allowedHosts: readonly string[]
  /** Origins of pages that may call, such as `https://chat.example.com`. */
  readonly origins: readonly string[]
  /** Whether pages of other origins are refused, and not only unknown hosts. */
  readonly pages: boolean
  /** Told of each request that is turned away. */
  readonly onRefusal?: (error: RequestError, request: FastifyRequest) => void
}

/** What a browser says of a request that its own page, or a person, has made. */
const OWN_SITES: readonly unknown[] = [undefined, 'same-origin', 'none']
const ABSOLUTE = /^https?:\/\/([^/?#]*)/i
const SHOWN = 100

/**
 * Keeps the pages of other sites out of a server that asks nobody for a key: a browser would send
 * whatever such a page likes, and no credential stands in the way. Requests of programs, which say
 * nothing of pages, are not looked at further.
 *
 * The host is looked at in any case: else a page could have its own name lead to this server (DNS
 * rebinding), and be taken for ours.
 */
export const refuseForeignPages = fp(
  async (app: FastifyInstance, options: ForeignPagesOptions) => {
    const isAllowed = hostMatcher(options.allowedHosts)
    const { origins, pages, onRefusal } = options
    app.addHook('onRequest', (request, _reply, done) => {
      const error =
        unknownHost(request, isAllowed) ??
        (pages && isForeign(request, origins) ? foreignPage() : undefined)
      if (error !== undefined) onRefusal?.(error, request)
      done(error)
    })
  },
  { name: 'refuse-foreign-pages', fastify: '5.x' },
)

function unknownHost(
  request: FastifyRequest,
  isAllowed: (name: string) => boolean,
): RequestError | undefined {
  for (const text of hostsOf(request)) {
    const name = readHost(text)?.name
    if (name !== undefined && (isBeyondDns(name) || isAllowed(name))) continue
    return new RequestError(
      'unknown_host',
      `This server does not answer to the host ${JSON.stringify(text.slice(0, SHOWN))}; add it to ALLOWED_HOSTS if it should`,
    )
  }
  return undefined
}

function foreignPage(): RequestError {
  return new RequestError(
    'foreign_page',
    'A page of another site sent this; list its origin in CORS_ORIGINS if it may',
  )
}

function isForeign(request: FastifyRequest, origins: readonly string[]): boolean {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (origin !== undefined && origins.includes(origin)) return false
  // Behind a proxy the browser knows better than we which origin is its own.
  if (origin !== undefined && site !== 'same-origin' && !isOwn(origin, request)) return true
  return !OWN_SITES.includes(site)
}

/** Whether a page of this origin has come from here, whatever the scheme: a proxy may have ended TLS. */
function isOwn(origin: string, request: FastifyRequest): boolean {
  if (!/^https?:/.test(origin) || !URL.canParse(origin)) return false
  const page = readHost(new URL(origin).host)?.authority
  return page !== undefined && hostsOf(request).some((text) => readHost(text)?.authority === page)
}

/** All that a request names as its host: the header, the target, and what a trusted proxy tells. */
function hostsOf(request: FastifyRequest): string[] {
  const { host: header } = request.raw.headers
  const target = ABSOLUTE.exec(request.url)?.[1]
  // HTTP/1.0 knows no host; no browser speaks it.
  return [header, target, request.host].filter((text): text is string => Boolean(text))
}
