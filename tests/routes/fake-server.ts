import Fastify, { type FastifyInstance } from 'fastify'
import type { Rag } from '../../src/engine/rag.ts'
import { tokenCount } from '../../src/engine/text/tokenizer.ts'
import { httpConventions, httpServerOptions } from '../../src/http/http-conventions.ts'
import { type RoutesOptions, registerRoutes } from '../../src/routes/register-routes.ts'
import { NO_PAGES } from '../../src/server/engines/web-pages-of.ts'
import { FakeRag } from './fake-rag.ts'
import type { TestServer } from './rest-client.ts'

export const SERVER_INFO = {
  auth_mode: 'disabled',
  core_version: '1.4.9.2',
  api_version: '0254',
  webui_title: null,
  webui_description: null,
} as const

export const OLLAMA = { model: 'lightrag:latest', countTokens: tokenCount } as const

/** An app with the handlers on top of a Rag, a fake one unless given. */
export async function buildApp(
  rag: Rag = new FakeRag(),
  options: Partial<RoutesOptions> = {},
  wrap: (app: FastifyInstance) => void = () => {},
): Promise<FastifyInstance> {
  const app = Fastify(httpServerOptions)
  await app.register(httpConventions)
  wrap(app)
  await registerRoutes(app, {
    pages: NO_PAGES,
    rag,
    health: { info: SERVER_INFO, details: () => true },
    ollama: OLLAMA,
    ...options,
  })
  return app
}

/** The same, listening. */
export async function startServer(
  rag?: Rag,
  options?: Partial<RoutesOptions>,
): Promise<TestServer> {
  const app = await buildApp(rag, options)
  const baseUrl = await app.listen({ port: 0, host: '127.0.0.1' })
  const close = () => {
    // A client that broke off an answer opens a spare connection, and a close would wait for it.
    app.server.closeAllConnections()
    return app.close()
  }
  return { baseUrl, headers: {}, close }
}
