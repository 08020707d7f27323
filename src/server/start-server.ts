import type { FastifyInstance } from 'fastify'
import type { Config } from '../config/config.ts'
import { type AssembledServer, buildServer, type ServerOptions } from './build-server.ts'
import { listeningHost } from './guards/open-notice.ts'
import { LONGEST_QUEUE } from './guards/server-connections.ts'

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
