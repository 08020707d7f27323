/* The public entry `tenantrag/server`: the server below, and what makes its configuration. */

import type { FastifyInstance } from 'fastify'
import type { Config } from './config/config.ts'
import { type AssembledServer, buildServer, type ServerOptions } from './server/build-server.ts'
import { listeningHost } from './server/guards/open-notice.ts'
import { LONGEST_QUEUE } from './server/guards/server-connections.ts'

export { type Config, ConfigError, ENV_FIELDS, loadConfig, readConfig } from './config/config.ts'
export type { LogStream } from './log/log-stream.ts'
export { type AssembledServer, buildServer, type ServerOptions } from './server/build-server.ts'
export type { ServerGauges } from './server/guards/operator-gauges.ts'
export { UnfitNodeError } from './server/guards/unfit-node.ts'
export { TenancyError } from './tenancy/tenancy-error.ts'
export { StorageError } from './workspaces/folder/storage-folder.ts'

export interface Server extends AssembledServer {
  /** Where it listens, such as `http://127.0.0.1:9621`. */
  readonly url: string
}

/**
 * Builds the server and listens.
 *
 * @throws {ConfigError | StorageError | TenancyError | UnfitNodeError} with a sentence that names the remedy
 */
export async function startServer(config: Config, options: ServerOptions = {}): Promise<Server> {
  const server = await buildServer(config, options)
  const { PORT: port } = config
  const host = listeningHost(config, server.open)
  try {
    await server.app.listen({ host, port, backlog: LONGEST_QUEUE })
  } catch (error) {
    await server.close()
    throw error
  }
  return { ...server, url: urlOf(server.app, host, port) }
}

function urlOf(app: FastifyInstance, host: string, port: number): string {
  const address = app.server.address()
  const bound = typeof address === 'object' && address ? address.port : port
  const everywhere = host === '0.0.0.0' || host === '::'
  const name = everywhere ? '127.0.0.1' : host
  return `${app.initialConfig.https === undefined ? 'http' : 'https'}://${name.includes(':') ? `[${name}]` : name}:${bound}`
}
