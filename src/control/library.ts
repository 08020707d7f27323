/* The public entry `tenantrag/control`: the services behind `/api/v1`, for programs. */

export { type Actor, actorOf, OPERATOR } from './actor.ts'
export type { ActFilter, ActInfo, ActPage, Acts } from './acts.ts'
export type {
  ApiKeyChange,
  ApiKeyInfo,
  ApiKeys,
  IssuedApiKey,
  NewApiKey,
} from './api-keys.ts'
export {
  CONTROL_STATUS,
  ControlError,
  type ControlErrorCode,
  type ControlErrorOptions,
} from './control-error.ts'
export { type ControlPlane, type ControlPlaneOptions, openControlPlane } from './control-plane.ts'
export type { DeletionInfo, Deletions, WorkspaceFiles } from './deletions.ts'
export type {
  InvitationInfo,
  NewAccount,
  NewInvitation,
  ReceivedInvitation,
  SentInvitation,
} from './invitation-info.ts'
export { type InvitationMail, type SmtpOptions, smtpMail } from './invitation-mail.ts'
export type { InvitationOffer } from './invitation-offer.ts'
export type { Invitations } from './invitations.ts'
export type { JsonObject } from './json-column.ts'
export type { KbInfo } from './kb-info.ts'
export type { KbChange, Kbs, NewKb } from './kbs.ts'
export type { Measured, PendingContent } from './measured.ts'
export type { MemberChange, MemberInfo, Members, NewMember } from './members.ts'
export type { Act } from './mutation.ts'
export type { Page, PageQuery } from './page.ts'
export { type Prices, readPrices } from './prices.ts'
export type { ProviderSecretInfo, ProviderSecrets } from './provider-secrets.ts'
export { checkedQuota, DEFAULT_QUOTA, type Quota, type QuotaChange } from './quota.ts'
export type { QuotaStanding, Quotas } from './quotas.ts'
export type { RagConfig } from './rag-config.ts'
export { loadSealer, Sealer } from './sealer.ts'
export type { TenantInfo } from './tenant-info.ts'
export type { NewTenant, TenantChange, Tenants } from './tenants.ts'
export {
  USAGE_GROUPS,
  type Usage,
  type UsageFilter,
  type UsageGroup,
  type UsageReport,
  type UsageSum,
} from './usage.ts'
export type { NewUser, UserInfo, Users } from './users.ts'
export type { ForeignWorkspace } from './workspace-registry.ts'
export { WorkspaceTrash, type WorkspaceTrashOptions } from './workspace-trash.ts'
