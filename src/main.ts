import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import fastify, { type FastifyInstance } from 'fastify'
import { buildModels } from './build-models.ts'
import { chooseAuthenticator } from './choose-authenticator.ts'
import type { Config } from './config.ts'
import { RAG_METHODS, RAG_STREAMS, type Rag } from './engine/rag.ts'
import { httpConventions, httpServerOptions } from './http/http-conventions.ts'
import { ROUTE_PERMISSIONS } from './route-permissions.ts'
import { registerRoutes } from './routes/register-routes.ts'
import { ensureWritable, refusePythonFiles } from './storage-folder.ts'
import { authRoutes } from './tenancy/auth-routes.ts'
import type { Authenticator } from './tenancy/authenticator.ts'
import { context } from './tenancy/context.ts'
import { TENANCY_STATUS } from './tenancy/errors.ts'
import { createProxy } from './tenancy/proxy.ts'
import { tenancy } from './tenancy/tenancy.ts'
import { registerTokens } from './tenancy/token.ts'
import { loadTokenSecret } from './tenancy/token-secret.ts'
import { API_VERSION, CORE_VERSION } from './version.ts'
import { createWorkspaces, type Workspaces } from './workspaces.ts'

export interface AssembledServer {
  readonly app: FastifyInstance
  /** Finishes requests within the configured time, then closes every workspace. */
  close(): Promise<void>
}

export interface Server extends AssembledServer {
  /** Where it listens, such as `http://127.0.0.1:9621`. */
  readonly url: string
}

/**
 * Builds the server and listens.
 *
 * @throws {ConfigError | StorageError | TenancyError} with a sentence that names the remedy
 */
export async function startServer(config: Config): Promise<Server> {
  const server = await buildServer(config)
  const { HOST: host, PORT: port } = config
  try {
    await server.app.listen({ host, port })
  } catch (error) {
    await server.close()
    throw error
  }
  return { ...server, url: urlOf(server.app, host, port) }
}

/** The assembled app, not listening yet; the same errors. */
export async function buildServer(config: Config): Promise<AssembledServer> {
  await ensureWritable(config.WORKING_DIR)
  await ensureWritable(config.INPUT_DIR)
  await refusePythonFiles(config.WORKING_DIR)
  const app = fastify({
    ...httpServerOptions,
    bodyLimit: config.MAX_REQUEST_BODY_BYTES,
    trustProxy: config.TRUST_PROXY,
    forceCloseConnections: 'idle',
    logger: { level: config.LOG_LEVEL },
  })
  const tokens = await registerTokens(app, {
    secret: loadTokenSecret(config.WORKING_DIR, config.TOKEN_SECRET),
    userHours: config.TOKEN_EXPIRE_HOURS,
    guestHours: config.GUEST_TOKEN_EXPIRE_HOURS,
  })
  const { authenticator, close } = chooseAuthenticator(config, tokens, app.log)
  const models = await buildModels(config)
  if (models.offline) {
    app.log.info('No language model is configured: answers are extracts from the documents.')
  }
  const workspaces = createWorkspaces(config, models, app.log)
  app.addHook('onReady', async () => {
    // Not awaited: a server with thousands of workspaces listens at once.
    context.exit(() => workspaces.resume()).catch((error: unknown) => app.log.error(error))
  })
  await app.register(helmet)
  if (config.CORS_ORIGINS.length > 0) await app.register(cors, corsOptions(config))
  await app.register(httpConventions, { errorStatuses: TENANCY_STATUS })
  // The scope is the boundary: whatever is registered in it is admitted by the layer, or refused.
  await app.register(async (scope) => {
    await scope.register(tenancy, {
      authenticator,
      permissions: ROUTE_PERMISSIONS,
      context,
      onRefusal: ({ error, request, principal }) =>
        request.log.info({ code: error.code, user: principal?.userId }, 'refused'),
    })
    await scope.register(authRoutes, { authenticator, tokens, about: about(config) })
    await registerRoutes(scope, {
      rag: createProxy<Rag>({
        methods: RAG_METHODS,
        streams: RAG_STREAMS,
        pool: workspaces.pool,
        context,
      }),
      health: {
        info: { auth_mode: authMode(authenticator), ...about(config) },
        details: () => context.current() !== undefined,
      },
      maxUploadBytes: config.MAX_UPLOAD_SIZE,
      maxTextBodyBytes: config.MAX_REQUEST_BODY_BYTES,
    })
  })
  return { app, close: () => shutDown(config, app, workspaces, close) }
}

async function shutDown(
  config: Config,
  app: FastifyInstance,
  workspaces: Workspaces,
  closeAuthenticator: () => void,
): Promise<void> {
  const deadlineMs = config.SHUTDOWN_SECONDS * 1000
  const force = setTimeout(() => app.server.closeAllConnections(), deadlineMs)
  await app.close()
  clearTimeout(force)
  await workspaces.close(deadlineMs)
  closeAuthenticator()
}

function corsOptions(config: Config) {
  const any = config.CORS_ORIGINS.includes('*')
  // With any origin allowed, no origin is trusted with credentials that a browser adds by itself.
  return { origin: any ? '*' : [...config.CORS_ORIGINS], credentials: !any }
}

function about(config: Config) {
  return {
    core_version: CORE_VERSION,
    api_version: API_VERSION,
    webui_title: config.WEBUI_TITLE ?? null,
    webui_description: config.WEBUI_DESCRIPTION ?? null,
  }
}

function authMode(authenticator: Authenticator): 'enabled' | 'disabled' {
  return authenticator.passwordsOn ? 'enabled' : 'disabled'
}

function urlOf(app: FastifyInstance, host: string, port: number): string {
  const address = app.server.address()
  const bound = typeof address === 'object' && address ? address.port : port
  const everywhere = host === '0.0.0.0' || host === '::'
  const name = everywhere ? '127.0.0.1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${bound}`
}
