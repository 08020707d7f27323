import type { IncomingMessage, Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { FastifyHttpOptions, FastifyHttpsOptions, FastifyInstance } from 'fastify'
import type { Config } from '../../config/config.ts'
import { tlsFiles } from '../../config/tls-fields.ts'
import { boundBodies } from '../../http/body/body-deadlines.ts'
import { boundConnections, usualConnections } from '../../http/guards/bound-connections.ts'
import { type PrefixOf, pathPrefix, withoutPrefix } from '../../http/guards/path-prefix.ts'
import { trustedProxies } from '../../http/guards/proxy-trust.ts'
import { networkOf } from '../../tenancy/request/network-of.ts'

/** How often Node looks for heads that are late, in milliseconds; its own half minute is longer than they may be. */
const LOOK_EVERY_MS = 1000
/**
 * Connections that the system takes on while the event loop is at other things. Behind a full queue
 * whoever comes waits a second, then two; Node's own 511 are filled by one stranger at once.
 */
export const LONGEST_QUEUE = 4096

/** Options for `fastify()`: whom to believe, how long a client may take, HTTP or HTTPS. */
export function connectionOptions(config: Config) {
  const tls = tlsFiles(config)
  const http = {
    headersTimeout: config.REQUEST_HEADERS_SECONDS * 1000,
    connectionsCheckingInterval: LOOK_EVERY_MS,
  }
  const prefix = config.LIGHTRAG_API_PREFIX ?? ''
  return {
    ...(prefix === ''
      ? {}
      : { rewriteUrl: ({ url = '/' }: IncomingMessage) => withoutPrefix(url, prefix) }),
    trustProxy: trustedProxies(config.TRUST_PROXY) ?? false,
    keepAliveTimeout: config.KEEP_ALIVE_SECONDS * 1000,
    ...(tls === undefined ? { http } : { https: { ...http, ...tls } }),
  } satisfies FastifyHttpOptions<Server> | FastifyHttpsOptions<SecureServer>
}

/** Below which path the callers of a request see the server. */
export function prefixFor(config: Config): PrefixOf {
  return pathPrefix(config.LIGHTRAG_API_PREFIX ?? '', trustedProxies(config.TRUST_PROXY))
}

/** Bounds the connections of the app, and the time that bodies take. Call it before any hook is added. */
export function boundClients(app: FastifyInstance, config: Config): void {
  const isProxy = trustedProxies(config.TRUST_PROXY)
  const most = config.MAX_CONNECTIONS || usualConnections()
  boundConnections(app.server, {
    most,
    mostOfAddress: config.MAX_CONNECTIONS_PER_ADDRESS || Math.max(1, Math.floor(most / 4)),
    partyOf: networkOf,
    isProxy: (address) => isProxy?.(address, 0) ?? false,
    onClosed: (count) => app.log.warn({ count }, 'Too many connections: the idlest were closed.'),
  })
  boundBodies(app, {
    smallBodyMs: config.REQUEST_BODY_SECONDS * 1000,
    silenceMs: config.REQUEST_SILENCE_SECONDS * 1000,
  })
}
