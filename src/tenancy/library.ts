/* The public entry `tenantrag/tenancy`: the layer around a service of one's own. */
export {
  PERMISSIONS,
  type Permission,
  type RouteAccess,
  type RouteRule,
} from '../http/route-access.ts'
export {
  AuditChain,
  type AuditFields,
  type AuditLine,
  type AuditMark,
} from './audit/audit-chain.ts'
export { AuditLog, type AuditLogOptions } from './audit/audit-log.ts'
export { AuditRecorder } from './audit/audit-recorder.ts'
export { type AuditReport, verifyAudit } from './audit/audit-verify.ts'
export type { AuditSink } from './audit/stranger-tally.ts'
export type { Awaitable } from './awaitable.ts'
export { type ContextCarrier, context, type TenantContext } from './context.ts'
export type { PermissionTable } from './permissions.ts'
export type { AcquireOptions, EngineSource, Lease } from './pool/lease.ts'
export { EnginePool } from './pool/pool.ts'
export type { CloseReason, PoolEvent, PoolOptions, PoolStats } from './pool/pool-options.ts'
export type { EngineStats } from './pool/pool-stats.ts'
export {
  type KeyReach,
  type Principal,
  ROLES,
  type Role,
  type WorkspaceGrant,
} from './principal.ts'
export {
  ConcurrencyLimiter,
  type ConcurrencyLimits,
  type Limiter,
  type Subject,
} from './proxy/concurrency-limiter.ts'
export { type LimitedOptions, limited } from './proxy/limited.ts'
export { type OpenStream, OpenStreams } from './proxy/open-streams.ts'
export { createProxy, type ProxyOptions } from './proxy/proxy.ts'
export {
  type AccountAdmission,
  type Admission,
  accountAdmissionOf,
  admissionOf,
  callerIn,
} from './request/admission.ts'
export type { Selection } from './request/grant-choice.ts'
export { type RateLimitsOptions, rateLimits } from './request/rate-limits.ts'
export type { RequestAuthorizationOptions } from './request/request-authorization.ts'
export { hostLabel, tenantHeaders } from './request/request-selectors.ts'
export { type WorkspaceSelector, workspaceHeader } from './request/workspace-choice.ts'
export {
  type AuthRoutesOptions,
  authRoutes,
  type PasswordSignIn,
  type SignIn,
} from './sign-in/auth-routes.ts'
export type { Authenticator } from './sign-in/authenticator.ts'
export type { Credentials } from './sign-in/credential.ts'
export { DirectoryAuthenticator } from './sign-in/directory-authenticator.ts'
export { PasswordChecker } from './sign-in/password.ts'
export {
  type SignInAttempt,
  SignInGuard,
  type SignInGuardOptions,
} from './sign-in/sign-in-guard.ts'
export { SingleAuthenticator, type SingleOptions } from './sign-in/single-authenticator.ts'
export { registerTokens, type TokenClaims, type TokenOptions, Tokens } from './sign-in/token.ts'
export { loadTokenSecret } from './sign-in/token-secret.ts'
export { type Refusal, type TenancyOptions, tenancy } from './tenancy.ts'
export { TENANCY_STATUS, TenancyError, type TenancyErrorCode } from './tenancy-error.ts'
export type { Account, Directory } from './users/directory.ts'
export { UsersFile, type UsersFileEvent, type UsersFileOptions } from './users/users-file.ts'
