/* The public entry `tenantrag/control`: the services behind `/api/v1`, for programs. */

export { WorkspaceTrash, type WorkspaceTrashOptions } from '../workspaces/folder/workspace-trash.ts'
export type { Measured, PendingContent } from '../workspaces/measured.ts'
export type { NewUser, UserInfo, Users } from './accounts/users.ts'
export { type Actor, actorOf, OPERATOR } from './authority/actor.ts'
export type { ActFilter, ActInfo, ActPage, Acts } from './authority/acts.ts'
export { type ControlPlane, type ControlPlaneOptions, openControlPlane } from './control-plane.ts'
export type { Act } from './core/control-core.ts'
export {
  CONTROL_STATUS,
  ControlError,
  type ControlErrorCode,
  type ControlErrorOptions,
} from './core/control-error.ts'
export type { ForeignWorkspace } from './core/free-workspace.ts'
export type { RagConfig } from './core/rag-config.ts'
export type { JsonObject } from './database/json-column.ts'
export type { Page, PageQuery } from './database/page.ts'
export type { KbInfo } from './kbs/kb-rows.ts'
export type { KbChange, Kbs, NewKb } from './kbs/kbs.ts'
export type {
  ApiKeyChange,
  ApiKeyInfo,
  ApiKeys,
  IssuedApiKey,
  NewApiKey,
} from './keys/api-keys.ts'
export type { ProviderSecretInfo, ProviderSecrets } from './keys/provider-secrets.ts'
export { loadSealer, Sealer } from './keys/sealer.ts'
export { type InvitationMail, type SmtpOptions, smtpMail } from './members/invitation-mail.ts'
export type { InvitationOffer } from './members/invitation-offer.ts'
export type {
  InvitationInfo,
  NewAccount,
  NewInvitation,
  ReceivedInvitation,
  SentInvitation,
} from './members/invitation-schemas.ts'
export type { Invitations } from './members/invitations.ts'
export type { MemberChange, MemberInfo, Members, NewMember } from './members/members.ts'
export { USAGE_GROUPS, type UsageGroup } from './operators/record-schemas.ts'
export { type Prices, readPrices } from './quotas/prices.ts'
export { checkedQuota, DEFAULT_QUOTA, type Quota, type QuotaChange } from './quotas/quota.ts'
export type { QuotaState, Quotas } from './quotas/quotas.ts'
export type { Usage, UsageFilter, UsageReport, UsageSum } from './quotas/usage.ts'
export type { DeletionInfo, Deletions, WorkspaceFiles } from './tenants/deletions.ts'
export type { TenantInfo } from './tenants/tenant-info.ts'
export type { NewTenant, TenantChange, Tenants } from './tenants/tenants.ts'
