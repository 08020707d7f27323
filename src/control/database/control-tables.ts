import type { Generated } from 'kysely'

/** Flags are 0 or 1, moments are milliseconds since 1970, objects and lists are JSON text. */
type Flag = 0 | 1

export interface UserRow {
  user_id: string
  /** As it was given; `username_key` is the same, case-folded, and unique. */
  username: string
  username_key: string
  email: string | null
  email_key: string | null
  password_hash: string | null
  /** Raised to end all tokens. */
  token_version: number
  super_admin: Flag
  disabled: Flag
  created_at: number
  updated_at: number
}

export type TenantStatus = 'active' | 'suspended' | 'deleting'

export interface TenantRow {
  tenant_id: string
  slug: string
  name: string
  description: string
  status: TenantStatus
  status_reason: string | null
  metadata: string
  config: string
  quota: string
  /** What is left to spend; null = without bound. */
  credit: number | null
  version: number
  created_by: string
  created_at: number
  updated_at: number
}

export interface KbRow {
  kb_id: string
  tenant_id: string
  slug: string
  name: string
  description: string
  /** Immutable. `workspace_key` is the same, case-folded, and unique. */
  workspace: string
  workspace_key: string
  status: 'active' | 'deleting'
  is_default: Flag
  metadata: string
  config: string
  version: number
  created_by: string
  created_at: number
  updated_at: number
}

export interface MembershipRow {
  tenant_id: string
  user_id: string
  role: string
  /** Ids of knowledge bases; null = all. */
  kb_ids: string | null
  created_by: string
  created_at: number
}

export interface InvitationRow {
  invitation_id: string
  tenant_id: string
  email: string | null
  email_key: string | null
  /** Whom it is for, where that is known. */
  user_id: string | null
  /** The name by which they were invited, as it was typed; nobody may have it. */
  invitee: string | null
  invitee_key: string | null
  role: string
  kb_ids: string | null
  token_digest: string
  /** Whether the token went to the address, and to nobody else. */
  mailed: Flag
  status: 'pending' | 'accepted' | 'declined' | 'withdrawn'
  expires_at: number
  created_by: string
  created_at: number
}

export interface ApiKeyRow {
  key_id: string
  tenant_id: string
  name: string
  /** First characters of the secret, to recognise it by. */
  prefix: string
  digest: string
  role: string
  kb_ids: string | null
  rate_per_minute: number | null
  expires_at: number | null
  revoked_at: number | null
  last_used_at: number | null
  created_by: string
  /** Whether the creator was no member, so that the role does not follow a membership. */
  by_super_admin: Flag
  created_at: number
}

/** A key with which an operator is let in under their own name, in no tenant by that. */
export interface OperatorKeyRow {
  key_id: string
  user_id: string
  /** First characters of the secret, to recognise it by. */
  prefix: string
  digest: string
  created_at: number
  revoked_at: number | null
}

export interface ProviderSecretRow {
  tenant_id: string
  /** Empty for the whole tenant. */
  kb_id: string
  provider: string
  sealed: string
  last_four: string
  updated_at: number
}

/** How much of something a knowledge base holds. */
export interface LevelRow {
  kb_id: string
  kind: string
  tenant_id: string
  used: number
  /** Whether it has to be measured before it may be relied on. */
  stale: Flag
}

export interface ReservationRow {
  reservation_id: string
  tenant_id: string
  kb_id: string
  kind: string
  amount: number
  created_at: number
}

export interface MonthlyCallsRow {
  tenant_id: string
  /** `2026-05`, in UTC. */
  month: string
  calls: number
}

export interface UsageRow {
  tenant_id: string
  /** `2026-05-31`, in UTC. */
  day: string
  kb_id: string
  /** User or key, or empty for work in the background. */
  actor: string
  model: string
  step: string
  calls: number
  prompt_tokens: number
  completion_tokens: number
  cost: number
}

export interface CpuUsageRow {
  tenant_id: string
  /** `2026-05-31`, in UTC. */
  day: string
  kb_id: string
  /** Where it was used; see `CPU_KINDS`. */
  kind: string
  cpu_ms: number
}

export interface KbUseRow {
  user_id: string
  kb_id: string
  tenant_id: string
  last_used_at: number
}

export interface SnapshotRow {
  snapshot_id: string
  token_digest: string
  tenant_id: string
  kb_id: string
  route: string
  state: string
  created_by: string
  created_at: number
  expires_at: number
  uses: number
  max_uses: number | null
  revoked_at: number | null
}

export type DeletionStep = 'marked' | 'trashed' | 'purging' | 'purged' | 'restored'

export interface DeletionRow {
  job_id: string
  tenant_id: string
  /** Null when the whole tenant goes. */
  kb_id: string | null
  step: DeletionStep
  /** Workspaces that go, as a JSON list. */
  workspaces: string
  purge_after: number
  created_by: string
  created_at: number
  updated_at: number
}

/** One administrative act; only ever added. */
export interface ActRow {
  seq: Generated<number>
  at: number
  tenant_id: string | null
  actor: string
  event: string
  subject: string
  details: string
}

export interface CounterRow {
  name: string
  value: number
}

export interface ControlTables {
  users: UserRow
  tenants: TenantRow
  kbs: KbRow
  memberships: MembershipRow
  invitations: InvitationRow
  api_keys: ApiKeyRow
  operator_keys: OperatorKeyRow
  provider_secrets: ProviderSecretRow
  levels: LevelRow
  reservations: ReservationRow
  monthly_calls: MonthlyCallsRow
  usage: UsageRow
  cpu_usage: CpuUsageRow
  kb_uses: KbUseRow
  snapshots: SnapshotRow
  deletions: DeletionRow
  acts: ActRow
  counters: CounterRow
}
