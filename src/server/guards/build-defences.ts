import type { FastifyCorsOptions } from '@fastify/cors'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { Config } from '../../config/config.ts'
import { pathSelector } from '../../control/wire/data-alias.ts'
import { BodyBudget, type BodyBudgetStats } from '../../http/body/body-budget.ts'
import type { ForeignPagesOptions } from '../../http/guards/refuse-foreign-pages.ts'
import { AuditChain } from '../../tenancy/audit/audit-chain.ts'
import { AuditLog } from '../../tenancy/audit/audit-log.ts'
import { AuditRecorder } from '../../tenancy/audit/audit-recorder.ts'
import { context } from '../../tenancy/context.ts'
import { ConcurrencyLimiter } from '../../tenancy/proxy/concurrency-limiter.ts'
import { accountAdmissionOf, admissionOf } from '../../tenancy/request/admission.ts'
import type { RateLimitsOptions } from '../../tenancy/request/rate-limits.ts'
import { hostLabel, tenantHeaders } from '../../tenancy/request/request-selectors.ts'
import { type WorkspaceSelector, workspaceHeader } from '../../tenancy/request/workspace-choice.ts'
import { SignInGuard } from '../../tenancy/sign-in/sign-in-guard.ts'

export interface DefenceGauges {
  /** Null when it is switched off. */
  readonly audit: ReturnType<AuditLog['stats']> | null
  readonly queries: ReturnType<ConcurrencyLimiter['stats']> | null
  /** Of requests that are under way. */
  readonly bodies: BodyBudgetStats
}

/** What keeps a record of callers and keeps them within bounds. */
export interface Defences {
  /** Undefined when it is switched off. */
  readonly audit: AuditRecorder | undefined
  readonly signInGuard: SignInGuard | undefined
  readonly rates: RateLimitsOptions
  /** Undefined without a bound on queries at once. */
  readonly queries: ConcurrencyLimiter | undefined
  /** What bodies may take of the memory. */
  readonly bodies: BodyBudget
  stats(): DefenceGauges
  close(): Promise<void>
}

const MB = 1024 * 1024

export function buildDefences(config: Config, log: FastifyBaseLogger): Defences {
  const chain = config.AUDIT_LOG ? new AuditChain(config.WORKING_DIR) : undefined
  const auditLog =
    chain &&
    new AuditLog({
      root: config.WORKING_DIR,
      chain,
      maxBytes: config.AUDIT_MAX_MB * MB,
      keepFiles: config.AUDIT_KEEP_FILES,
      onError: (error) => log.error({ err: error }, 'The audit log cannot be written.'),
    })
  const queries = queriesAtOnce(config)
  const bodies = bodyBudgetOf(config)
  const audit = auditLog && chain && new AuditRecorder(auditLog, chain)
  return {
    audit,
    signInGuard:
      config.SIGN_IN_FREE_FAILURES === 0
        ? undefined
        : new SignInGuard({
            freeFailures: config.SIGN_IN_FREE_FAILURES,
            maxWaitSeconds: config.SIGN_IN_MAX_WAIT_SECONDS,
          }),
    rates: {
      perKey: config.REQUESTS_PER_MINUTE_PER_KEY,
      perWorkspace: config.REQUESTS_PER_MINUTE_PER_WORKSPACE,
    },
    queries,
    bodies,
    stats: () => ({
      audit: auditLog?.stats() ?? null,
      queries: queries?.stats() ?? null,
      bodies: bodies.stats(),
    }),
    close: async () => {
      audit?.close()
      await auditLog?.close()
    },
  }
}

/** What bodies may take of the memory of one process. */
export function bodyBudgetOf(config: Config): BodyBudget {
  return new BodyBudget({
    maxBytes: config.BODIES_AT_ONCE_MB * MB,
    maxBytesPerCaller: config.BODIES_AT_ONCE_MB_PER_CALLER * MB,
  })
}

/** What a request may choose its workspace by. */
export function selectorsOf(config: Config, multiTenant: boolean): WorkspaceSelector[] {
  const suffix = config.TENANT_HOST_SUFFIX
  return [
    workspaceHeader,
    pathSelector,
    tenantHeaders({ ignoreDefaults: !multiTenant }),
    ...(suffix === undefined ? [] : [hostLabel(suffix)]),
  ]
}

/** Which hosts and pages a server answers to; without keys, pages of other origins only by list. */
export function foreignPagesFor(config: Config, open: boolean): ForeignPagesOptions {
  const { ALLOWED_HOSTS, CORS_ORIGINS: origins, TENANT_HOST_SUFFIX: suffix } = config
  const below = suffix === undefined ? [] : [`.${suffix.replace(/^\.+/, '')}`]
  const pages = open && !origins.includes('*')
  return { allowedHosts: [...ALLOWED_HOSTS, ...below], origins, pages }
}

function queriesAtOnce(config: Config): ConcurrencyLimiter | undefined {
  const { QUERIES_AT_ONCE_PER_KEY: perKey, QUERIES_AT_ONCE_PER_WORKSPACE: perWorkspace } = config
  if (perKey === 0 && perWorkspace === 0) return undefined
  return new ConcurrencyLimiter({ perKey, perWorkspace }, context)
}

/** Whom a body counts for: its user, or its address where nobody is known. */
export function senderOf(request: FastifyRequest): string {
  const admission = admissionOf(request)?.context ?? accountAdmissionOf(request)
  return admission === undefined ? request.ip : `user\0${admission.principal.userId}`
}

/** What browsers on other origins may do, as LightRAG lets them. */
export function corsOptions(origins: readonly string[]): FastifyCorsOptions {
  const any = origins.includes('*')
  return {
    origin: any ? '*' : [...origins],
    // With any origin allowed, no origin is trusted with credentials that a browser adds by itself.
    credentials: !any,
    // The plugin's own list stops at POST.
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    optionsSuccessStatus: 200,
    maxAge: 600,
    exposedHeaders: ['X-New-Token', 'X-Request-Id', 'Retry-After'],
  }
}
