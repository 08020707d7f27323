import { type Kysely, type Migration, Migrator, sql } from 'kysely'
import { ControlError } from '../core/control-error.ts'

/** Column types are those that SQLite and PostgreSQL both know. */
const FIRST = [
  `CREATE TABLE users (
    user_id TEXT PRIMARY KEY,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL UNIQUE,
    email TEXT,
    email_key TEXT UNIQUE,
    password_hash TEXT,
    token_version BIGINT NOT NULL,
    super_admin INTEGER NOT NULL,
    disabled INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
  )`,
  `CREATE TABLE tenants (
    tenant_id TEXT PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    status TEXT NOT NULL,
    status_reason TEXT,
    metadata TEXT NOT NULL,
    config TEXT NOT NULL,
    quota TEXT NOT NULL,
    credit DOUBLE PRECISION,
    version BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
  )`,
  'CREATE INDEX tenants_by_creation ON tenants (created_at, tenant_id)',
  `CREATE TABLE kbs (
    kb_id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    workspace TEXT NOT NULL,
    workspace_key TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    is_default INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    config TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (tenant_id, slug)
  )`,
  'CREATE INDEX kbs_by_creation ON kbs (tenant_id, created_at, kb_id)',
  `CREATE TABLE memberships (
    tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
    user_id TEXT NOT NULL REFERENCES users (user_id),
    role TEXT NOT NULL,
    kb_ids TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
  )`,
  'CREATE INDEX memberships_by_user ON memberships (user_id, tenant_id)',
  'CREATE INDEX memberships_by_creation ON memberships (tenant_id, created_at, user_id)',
  'CREATE INDEX memberships_by_role ON memberships (tenant_id, role)',
  `CREATE TABLE invitations (
    invitation_id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
    email TEXT,
    email_key TEXT,
    user_id TEXT,
    role TEXT NOT NULL,
    kb_ids TEXT,
    token_digest TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
  )`,
  'CREATE INDEX invitations_by_creation ON invitations (tenant_id, created_at, invitation_id)',
  'CREATE INDEX invitations_by_user ON invitations (user_id, created_at)',
  'CREATE INDEX invitations_by_email ON invitations (email_key, created_at)',
  `CREATE TABLE api_keys (
    key_id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    kb_ids TEXT,
    rate_per_minute INTEGER,
    expires_at BIGINT,
    revoked_at BIGINT,
    last_used_at BIGINT,
    created_by TEXT NOT NULL,
    by_super_admin INTEGER NOT NULL,
    created_at BIGINT NOT NULL
  )`,
  'CREATE INDEX api_keys_by_creation ON api_keys (tenant_id, created_at, key_id)',
  `CREATE TABLE provider_secrets (
    tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
    kb_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    sealed TEXT NOT NULL,
    last_four TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, kb_id, provider)
  )`,
  `CREATE TABLE levels (
    kb_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    used BIGINT NOT NULL,
    stale INTEGER NOT NULL,
    PRIMARY KEY (kb_id, kind)
  )`,
  'CREATE INDEX levels_by_tenant ON levels (tenant_id, kind)',
  `CREATE TABLE reservations (
    reservation_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    kb_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (reservation_id, kind)
  )`,
  'CREATE INDEX reservations_by_tenant ON reservations (tenant_id, kind)',
  `CREATE TABLE monthly_calls (
    tenant_id TEXT NOT NULL,
    month TEXT NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, month)
  )`,
  `CREATE TABLE usage (
    tenant_id TEXT NOT NULL,
    day TEXT NOT NULL,
    kb_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    model TEXT NOT NULL,
    step TEXT NOT NULL,
    calls BIGINT NOT NULL,
    prompt_tokens BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    cost DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (tenant_id, day, kb_id, actor, model, step)
  )`,
  `CREATE TABLE snapshots (
    snapshot_id TEXT PRIMARY KEY,
    token_digest TEXT NOT NULL UNIQUE,
    tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
    kb_id TEXT NOT NULL,
    route TEXT NOT NULL,
    state TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    uses BIGINT NOT NULL,
    max_uses BIGINT,
    revoked_at BIGINT
  )`,
  'CREATE INDEX snapshots_by_creation ON snapshots (tenant_id, created_at, snapshot_id)',
  `CREATE TABLE deletions (
    job_id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    kb_id TEXT,
    step TEXT NOT NULL,
    workspaces TEXT NOT NULL,
    purge_after BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
  )`,
  'CREATE INDEX deletions_by_step ON deletions (step, purge_after)',
  'CREATE INDEX deletions_by_tenant ON deletions (tenant_id, created_at)',
  `CREATE TABLE acts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at BIGINT NOT NULL,
    tenant_id TEXT,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL
  )`,
  'CREATE INDEX acts_by_tenant ON acts (tenant_id, seq)',
  "CREATE TRIGGER acts_keep BEFORE UPDATE ON acts BEGIN SELECT RAISE(ABORT, 'acts stand'); END",
  "CREATE TRIGGER acts_stay BEFORE DELETE ON acts BEGIN SELECT RAISE(ABORT, 'acts stand'); END",
  'CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL)',
  "INSERT INTO counters (name, value) VALUES ('tenants', 0)",
]

const INVITED_BY_NAME = [
  'ALTER TABLE invitations ADD COLUMN invitee TEXT',
  'ALTER TABLE invitations ADD COLUMN invitee_key TEXT',
  'ALTER TABLE invitations ADD COLUMN mailed INTEGER NOT NULL DEFAULT 0',
]

const OPERATOR_KEYS = [
  `CREATE TABLE operator_keys (
    key_id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (user_id),
    prefix TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
  )`,
  'CREATE INDEX operator_keys_by_user ON operator_keys (user_id, created_at)',
]

const CPU_USAGE = [
  `CREATE TABLE cpu_usage (
    tenant_id TEXT NOT NULL,
    day TEXT NOT NULL,
    kb_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    cpu_ms DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (tenant_id, day, kb_id, kind)
  )`,
]

/** When users were last in knowledge bases, about. */
const KB_USES = [
  `CREATE TABLE kb_uses (
    user_id TEXT NOT NULL,
    kb_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    last_used_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, kb_id)
  )`,
  'CREATE INDEX kb_uses_by_tenant ON kb_uses (user_id, tenant_id, last_used_at)',
]

/** Each name sorts after the one before; what has been released is never changed. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001_first': statements(FIRST),
  '0002_invited_by_name': statements(INVITED_BY_NAME),
  '0003_operator_keys': statements(OPERATOR_KEYS),
  '0004_cpu_usage': statements(CPU_USAGE),
  '0005_kb_uses': statements(KB_USES),
}

function statements(texts: readonly string[]): Migration {
  return {
    up: async (db) => {
      for (const text of texts) await sql.raw(text).execute(db)
    },
  }
}

/**
 * Brings a database to the newest version, in one transaction.
 *
 * @throws {ControlError} `database_unusable`, as for one that a newer release has written
 */
export async function migrate<T>(
  db: Kysely<T>,
  migrations: Readonly<Record<string, Migration>> = MIGRATIONS,
): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
  })
  const { error } = await migrator.migrateToLatest()
  if (error === undefined) return
  throw new ControlError(
    'database_unusable',
    'The control database cannot be brought to this release; restore a backup, or use the release that wrote it',
    { cause: error },
  )
}
