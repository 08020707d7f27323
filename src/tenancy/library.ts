/* The public entry `tenantrag/tenancy`: the layer around a service of one's own. */
export {
  PERMISSIONS,
  type Permission,
  type RouteAccess,
  type RouteRule,
} from '../http/route-access.ts'
export {
  type AccountAdmission,
  type Admission,
  accountAdmissionOf,
  admissionOf,
  callerIn,
} from './admission.ts'
export type { ArrivalOptions } from './arrival.ts'
export { AuditChain, type AuditFields, type AuditLine, type AuditMark } from './audit-chain.ts'
export { AuditLog, type AuditLogOptions } from './audit-log.ts'
export { AuditRecorder } from './audit-recorder.ts'
export { type AuditReport, verifyAudit } from './audit-verify.ts'
export {
  type AuthRoutesOptions,
  authRoutes,
  type PasswordSignIn,
  type SignIn,
} from './auth-routes.ts'
export type { Authenticator } from './authenticator.ts'
export type { Awaitable } from './awaitable.ts'
export {
  ConcurrencyLimiter,
  type ConcurrencyLimits,
  type Limiter,
  type Subject,
} from './concurrency-limiter.ts'
export { type ContextCarrier, context, type TenantContext } from './context.ts'
export type { Credentials } from './credential.ts'
export type { Account, Directory } from './directory.ts'
export { DirectoryAuthenticator } from './directory-authenticator.ts'
export { TENANCY_STATUS, TenancyError, type TenancyErrorCode } from './errors.ts'
export type { Selection } from './holding-choice.ts'
export type { AcquireOptions, EngineSource, Lease } from './lease.ts'
export { type LimitedOptions, limited } from './limited.ts'
export { type OpenStream, OpenStreams } from './open-streams.ts'
export { PasswordChecker } from './password.ts'
export type { PermissionTable } from './permissions.ts'
export { EnginePool } from './pool.ts'
export type { CloseReason, PoolEvent, PoolOptions, PoolStats } from './pool-options.ts'
export type { EngineStats } from './pool-stats.ts'
export { type Holding, type KeyReach, type Principal, ROLES, type Role } from './principal.ts'
export { createProxy, type ProxyOptions } from './proxy.ts'
export { type RateLimitsOptions, rateLimits } from './rate-limits.ts'
export { hostLabel, tenantHeaders } from './request-selectors.ts'
export { type SignInAttempt, SignInGuard, type SignInGuardOptions } from './sign-in-guard.ts'
export { SingleAuthenticator, type SingleOptions } from './single-authenticator.ts'
export type { AuditSink } from './stranger-tally.ts'
export { type Refusal, type TenancyOptions, tenancy } from './tenancy.ts'
export { registerTokens, type TokenClaims, type TokenOptions, Tokens } from './token.ts'
export { loadTokenSecret } from './token-secret.ts'
export { UsersFile, type UsersFileEvent, type UsersFileOptions } from './users-file.ts'
export { type WorkspaceSelector, workspaceHeader } from './workspace-choice.ts'
