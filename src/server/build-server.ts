import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { type Config, ConfigError } from '../config/config.ts'
import { configNotices } from '../config/config-notices.ts'
import { modelChoice } from '../config/role-fields.ts'
import { tlsFileProblems } from '../config/tls-fields.ts'
import type { ControlPlane } from '../control/control-plane.ts'
import { CONTROL_STATUS } from '../control/core/control-error.ts'
import { makeFoldersPrivate } from '../files/private-files.ts'
import { budgetBodies } from '../http/body/body-budget.ts'
import { ERROR_STATUS } from '../http/errors/error-status.ts'
import { announceRequests } from '../http/guards/announce-requests.ts'
import { refuseForeignPages } from '../http/guards/refuse-foreign-pages.ts'
import { refuseUnderPressure } from '../http/guards/refuse-under-pressure.ts'
import { refuseWithoutRoom } from '../http/guards/refuse-without-room.ts'
import { httpConventions, httpServerOptions } from '../http/http-conventions.ts'
import { loggedRequest, logRequests } from '../log/log-requests.ts'
import { type LogStream, logStream } from '../log/log-stream.ts'
import { apiDescription } from '../openapi/api-description.ts'
import { context } from '../tenancy/context.ts'
import { accountAdmissionOf, admissionOf, callerIn } from '../tenancy/request/admission.ts'
import { rateLimits } from '../tenancy/request/rate-limits.ts'
import { requireAdmission } from '../tenancy/request/require-admission.ts'
import { authRoutes } from '../tenancy/sign-in/auth-routes.ts'
import type { Authenticator } from '../tenancy/sign-in/authenticator.ts'
import { registerTokens } from '../tenancy/sign-in/token.ts'
import { loadTokenSecret } from '../tenancy/sign-in/token-secret.ts'
import { tenancy } from '../tenancy/tenancy.ts'
import { isTenancyCode, TENANCY_STATUS } from '../tenancy/tenancy-error.ts'
import type { UsersFileEvent } from '../tenancy/users/users-file.ts'
import type { UsersVersion } from '../tenancy/users/users-version.ts'
import { FolderRegistry } from '../workspaces/folder/folder-registry.ts'
import { ensureWritable, refusePythonFiles } from '../workspaces/folder/storage-folder.ts'
import { serveEngines } from './engines/serve-engines.ts'
import type { ServedEngines } from './engines/served-engines.ts'
import {
  buildDefences,
  corsOptions,
  foreignPagesFor,
  selectorsOf,
  senderOf,
} from './guards/build-defences.ts'
import { diskRoomOf } from './guards/disk-room.ts'
import { operatorGauges, type ServerGauges, serverGauges } from './guards/operator-gauges.ts'
import { workOf, workspaceOf } from './guards/request-work.ts'
import { boundClients, connectionOptions, prefixFor } from './guards/server-connections.ts'
import { refuseUnfitNode } from './guards/unfit-node.ts'
import { modelSlots } from './models/build-models.ts'
import type { ControlParts } from './tenants/build-control.ts'
import { chooseAuthenticator } from './tenants/choose-authenticator.ts'
import { stillHolds } from './tenants/still-holds.ts'
import type { TenantServices } from './tenants/tenant-services.ts'
import { uiConfigRoutes } from './ui-config-routes.ts'
import { API_VERSION, CORE_VERSION } from './version.ts'
import type { WebUiSource } from './webui/built-files.ts'
import { registerWebUi } from './webui/register-webui.ts'
import { Upkeep } from './workspaces/workspace-upkeep.ts'

export interface ServerOptions {
  /** Takes the lines of the log; standard output unless given. */
  readonly logStream?: LogStream
  /** What the users file holds, where somebody has begun to read it. */
  readonly users?: Promise<UsersVersion | undefined>
  /** The web UI, served when `WEBUI` says so; without this there is none. */
  readonly webUi?: WebUiSource
}

export interface AssembledServer {
  readonly app: FastifyInstance
  /** Whether nobody needs a key. */
  readonly open: boolean
  /** The services of `tenantrag/control` on the server's own database; undefined without tenants. */
  readonly control: ControlPlane | undefined
  /** Counts and gauges of the whole server as of now, for its operator alone: they name workspaces. */
  gauges(): Promise<ServerGauges>
  /** Finishes requests within the configured time, then closes every workspace. */
  close(): Promise<void>
}

/** How long after it is ready a server looks for the work that was left. */
const RESUME_AFTER_MS = 500
/** Of one user from one address: each costs a hash in the one thread that makes them for all. */
const SIGN_INS_PER_MINUTE = 30

/** The assembled app, not listening yet; the same errors. */
export async function buildServer(
  config: Config,
  { logStream: lines, users, webUi }: ServerOptions = {},
): Promise<AssembledServer> {
  refuseUnfitNode()
  await ensureWritable(config.WORKING_DIR)
  await ensureWritable(config.INPUT_DIR)
  await refusePythonFiles(config.WORKING_DIR)
  const unreadable = tlsFileProblems(config)
  if (unreadable.length > 0) throw new ConfigError(unreadable)
  const logLines = logStream(config, lines)
  const app: FastifyInstance = fastify({
    ...httpServerOptions,
    ...connectionOptions(config),
    forceCloseConnections: 'idle',
    logController: new LogController({ disableRequestLogging: true }),
    logger: {
      level: config.LOG_LEVEL,
      serializers: { req: loggedRequest },
      stream: logLines,
    },
  })
  logRequests(app)
  boundClients(app, config)
  for (const line of configNotices(config)) app.log.warn(line)
  const tokens = await registerTokens(app, {
    secret: loadTokenSecret(config.WORKING_DIR, config.TOKEN_SECRET),
    userHours: config.TOKEN_EXPIRE_HOURS,
    guestHours: config.GUEST_TOKEN_EXPIRE_HOURS,
  })
  const defences = buildDefences(config, app.log)
  const { audit } = defences
  const registry = new FolderRegistry(config, (workspace, work) =>
    engines.evict(workspace, async () => {
      await work()
      engines.forget(workspace)
    }),
  )
  const control = await tenantServices(config, {
    log: app.log,
    streams: { recheck: (isAllowed) => engines.recheckStreams(isAllowed) },
    registry,
    reopen: (workspace) => engines.evict(workspace),
    usersFile: () => chosen.usersFile,
    onAct: (event, about) => audit?.administered(event, about),
  })
  // The users file is loaded for the first time before there are streams.
  let recheckStreams = () => {}
  const onUsersEvent = (event: UsersFileEvent) => {
    if (event.type === 'plain_passwords') return
    if (event.type === 'loaded') recheckStreams()
    audit?.administered(`users_${event.type}`, event.type === 'loaded' ? event : {})
  }
  const chosen = chooseAuthenticator(
    config,
    tokens,
    app.log,
    onUsersEvent,
    control?.plane.directory,
    await users,
  )
  const { authenticator, directory, close } = chosen
  const room = diskRoomOf(config)
  if (modelChoice(config, 'QUERY').binding === 'offline') {
    app.log.info('No language model is configured: answers are extracts from the documents.')
  }
  const gauges = async () => serverGauges(await engines.gauges(), defences.stats())
  const engines: ServedEngines = await serveEngines(config, {
    registry,
    log: app.log,
    lines: logLines,
    room,
    quotas: control?.plane.quotas,
    onRefused: ({ request, admission }, code) => {
      if (!isTenancyCode(code)) return
      const error = { code, statusCode: TENANCY_STATUS[code] }
      audit?.refused({ error, request, principal: admission.context.principal })
    },
    onLost: (workspace) => void upkeep.lost(workspace),
    allGauges: gauges,
    services: {
      slots: modelSlots(config, !authenticator.multiTenant),
      ownSettings: control?.ownSettings,
      bounded: (rag) => control?.bounded(rag, context) ?? rag,
      queries: defences.queries,
      onUsage: (record, userId) => control?.plane.usage.record(record, userId),
      onCpu: control && ((shares) => control.plane.cpu.record(shares)),
      onClosed: (workspace) => upkeep.closed(workspace),
      about: {
        info: { auth_mode: authMode(authenticator), ...about(config) },
        flags: tenantFlags(config, authenticator),
      },
      gauges: async (request) => {
        if (callerIn(request)?.superAdmin !== true) return undefined
        return operatorGauges(await gauges())
      },
    },
  })
  recheckStreams = () => {
    void engines.recheckStreams((open) =>
      stillHolds(open, { usersFile: chosen.usersFile, control: control?.plane.directory }),
    )
  }
  const upkeep = new Upkeep(config, {
    registry,
    pool: engines.pool,
    log: app.log,
    putOffMs: control?.ownSettings.putOffMs,
  })
  let resuming: NodeJS.Timeout | undefined
  app.addHook('onReady', async () => {
    // Not now: a server with thousands of workspaces listens at once, and answers those who waited for
    // it.
    resuming = setTimeout(() => {
      context
        .exit(async () => {
          await upkeep.resume()
          await makeStoragePrivate(config, app.log)
        })
        .catch((error: unknown) => app.log.error(error))
    }, RESUME_AFTER_MS)
    await context.exit(() => control?.plane.start())
  })
  app.addHook('onClose', async () => clearTimeout(resuming))
  const checking = new AbortController()
  if (config.CHECK_MODELS) {
    app.addHook('onListen', (done) => {
      const check = () => engines.checkModels(checking.signal)
      context.exit(check).catch((error: unknown) => app.log.error(error))
      done()
    })
  }
  app.addHook('preClose', async () => checking.abort())
  requireAdmission(app)
  await app.register(helmet)
  if (config.CORS_ORIGINS.length > 0) await app.register(cors, corsOptions(config.CORS_ORIGINS))
  await app.register(announceRequests, { workOf: workOf(({ requestId }) => requestId) })
  await app.register(refuseUnderPressure, {
    maxEventLoopDelayMs: config.MAX_EVENT_LOOP_DELAY_MS,
    callerOf: (request) => callerOf(request, authenticator.multiTenant),
    workspaceOf,
  })
  const prefixOf = prefixFor(config)
  await app.register(httpConventions, {
    errorStatuses: { ...TENANCY_STATUS, ...CONTROL_STATUS },
    maxBodyBytes: config.MAX_REQUEST_BODY_BYTES,
    prefixOf,
  })
  budgetBodies(app, defences.bodies, senderOf)
  await app.register(refuseWithoutRoom, {
    refuseUnlessFree: (bytes) => room.refuseUnlessFree(bytes),
  })
  const webUiLeads = config.WEBUI && (await registerWebUi(app, config, webUi, prefixOf))
  await app.register(apiDescription, {
    version: API_VERSION,
    serve: config.ENABLE_API_DOCS,
    prefixOf,
    leads: !webUiLeads,
  })
  // The scope is the boundary: whatever is registered in it is admitted by the layer, or refused.
  await app.register(async (scope) => {
    if (authenticator.open || config.ALLOWED_HOSTS.length > 0) {
      await scope.register(refuseForeignPages, {
        ...foreignPagesFor(config, authenticator.open),
        onRefusal: ({ code }, request) => {
          request.log.info({ code }, 'refused')
          const error = { code, statusCode: ERROR_STATUS[code] }
          audit?.refused({ error, request, principal: undefined })
        },
      })
    }
    await scope.register(tenancy, {
      authenticator,
      context,
      selectors: selectorsOf(config, authenticator.multiTenant),
      ...(control === undefined ? {} : { actAs: control.actAs }),
      onRefusal: (refusal) => {
        const { error, request, principal } = refusal
        request.log.info({ code: error.code, user: principal?.userId }, 'refused')
        audit?.refused(refusal)
      },
    })
    if (control !== undefined) {
      scope.addHook('onRequest', (request, _reply, done) => {
        const admission = admissionOf(request)
        if (admission !== undefined) control.plane.kbUse.used(admission.context)
        done()
      })
    }
    await scope.register(rateLimits, { ...defences.rates, ownRates: control !== undefined })
    await scope.register(authRoutes, {
      authenticator,
      tokens,
      guard: defences.signInGuard,
      onSignIn: (signIn) => audit?.signedIn(signIn),
      ...(control === undefined ? {} : { signInsPerMinute: SIGN_INS_PER_MINUTE }),
      prefixOf,
      about: about(config),
    })
    await scope.register(uiConfigRoutes, { config, authenticator, prefixOf })
    await scope.register(engines.registerRoutes)
    if (control === undefined || directory === undefined) return
    await control.register(scope, {
      authenticator,
      directory,
      tokens,
      guard: defences.signInGuard,
      onSignIn: (signIn) => audit?.signedIn(signIn),
      engines: engines.engines,
      registerData: engines.registerRoutes,
      onRefusal: (refusal) => audit?.refused(refusal),
    })
  })
  return {
    app,
    open: authenticator.open,
    control: control?.plane,
    gauges,
    close: async () => {
      // Streams may end by themselves for half of the time; then their readers are told why.
      const timer = setTimeout(engines.endStreams, (config.SHUTDOWN_SECONDS * 1000) / 2)
      upkeep.stop()
      await shutDown(config, app, engines, close)
      await control?.plane.close()
      clearTimeout(timer)
      await defences.close()
    },
  }
}

/** What an older release, or a restored backup, left open to other accounts of the machine. */
async function makeStoragePrivate(config: Config, log: FastifyBaseLogger): Promise<void> {
  for (const folder of [config.WORKING_DIR, config.INPUT_DIR]) {
    const changed = await makeFoldersPrivate(folder)
    if (changed > 0)
      log.warn({ folder, changed }, 'Files and folders are now for this account alone.')
  }
}

/** Loaded only where there are tenants: it is a third of the code. */
async function tenantServices(
  config: Config,
  parts: ControlParts,
): Promise<TenantServices | undefined> {
  if (!config.multiTenant) return undefined
  const { openTenantServices } = await import('./tenants/tenant-services.ts')
  return openTenantServices(config, parts)
}

async function shutDown(
  config: Config,
  app: FastifyInstance,
  engines: ServedEngines,
  closeAuthenticator: () => void,
): Promise<void> {
  const deadlineMs = config.SHUTDOWN_SECONDS * 1000
  const force = setTimeout(() => app.server.closeAllConnections(), deadlineMs)
  await app.close()
  clearTimeout(force)
  await engines.close(deadlineMs)
  closeAuthenticator()
}

function about(config: Config) {
  return {
    core_version: CORE_VERSION,
    api_version: API_VERSION,
    webui_title: config.WEBUI_TITLE ?? null,
    webui_description: config.WEBUI_DESCRIPTION ?? null,
  }
}

/** As the clients of LightRAG's fork for several tenants look for them. */
function tenantFlags(config: Config, { multiTenant }: Authenticator): Record<string, boolean> {
  if (!multiTenant) return {}
  const strict = config.LIGHTRAG_MULTI_TENANT_STRICT
  return {
    multi_tenant_enabled: true,
    ...(config.multiTenant ? { multi_tenant_strict: strict } : {}),
  }
}

/** Who a request is charged to. A single key is everybody's, and says nothing. */
function callerOf(request: FastifyRequest, multiTenant: boolean): string {
  if (!multiTenant) return request.ip
  const { principal } = admissionOf(request)?.context ?? accountAdmissionOf(request) ?? {}
  return principal?.userId ?? request.ip
}

function authMode(authenticator: Authenticator): 'enabled' | 'disabled' {
  return authenticator.passwordsOn ? 'enabled' : 'disabled'
}
