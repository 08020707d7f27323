import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { Config } from '../../config/config.ts'
import { controlDatabasePath } from '../../control/database/control-database.ts'
import type { UserRecord } from '../../tenancy/users/users-schema.ts'
import { bad, type Finding, note, ok, warn } from './doctor-finding.ts'

export interface TenantFindings {
  readonly findings: readonly Finding[]
  /** Workspaces that are knowledge bases of tenants. */
  readonly workspaces: ReadonlySet<string>
}

interface TenantFacts {
  readonly slug: string
  readonly status: string
  readonly kbs: number
  readonly members: number
  readonly owners: number
}

interface OperatorFacts {
  readonly username: string
  readonly key: string
  readonly super_admin: number
  readonly signs_in: number
}

/** Tenants that are told of one by one. */
const MOST_TENANTS = 50

const TENANTS = `SELECT slug, status,
    (SELECT count(*) FROM kbs WHERE kbs.tenant_id = tenants.tenant_id AND status = 'active') AS kbs,
    (SELECT count(*) FROM memberships WHERE memberships.tenant_id = tenants.tenant_id) AS members,
    (SELECT count(*) FROM memberships JOIN users USING (user_id)
      WHERE memberships.tenant_id = tenants.tenant_id AND role = 'owner' AND disabled = 0) AS owners
  FROM tenants WHERE status != 'deleting' ORDER BY slug`
const USERS = `SELECT username, username_key AS key, super_admin,
    password_hash IS NOT NULL AS signs_in
  FROM users WHERE disabled = 0`

/**
 * What is open on a server with tenants, and who looks after it; the database is only read, so that
 * it may be in use.
 *
 * @param fileUsers users of the users file
 */
export function checkTenants(config: Config, fileUsers: readonly UserRecord[]): TenantFindings {
  const findings: Finding[] = []
  if (!config.LIGHTRAG_MULTI_TENANT_STRICT) {
    findings.push(
      warn('LIGHTRAG_MULTI_TENANT_STRICT is off: a tenant is chosen for who names none.'),
    )
  }
  if (config.TENANT_SELF_SERVICE) findings.push(note('Every user may create tenants.'))
  const file = controlDatabasePath(config.WORKING_DIR)
  const fileOperators = fileUsers.filter((user) => user.super_admin && !user.disabled)
  const names = fileOperators.map(({ username }) => `${username} (users file)`)
  if (!existsSync(file)) {
    findings.push(note('There are no tenants yet.'), operatorsFinding(names))
    return { findings, workspaces: new Set() }
  }
  const database = new Database(file, { readonly: true, fileMustExist: true })
  try {
    const users = database.prepare<[], OperatorFacts>(USERS).all()
    const named = new Set(config.LIGHTRAG_SUPER_ADMIN_USERS.map((name) => name.toLowerCase()))
    const withKey = keyed(database)
    for (const { username, key, super_admin, signs_in } of users) {
      if (super_admin === 0 && !named.has(key)) continue
      const way = signs_in === 1 || withKey.has(key)
      if (way) names.push(username)
      else
        findings.push(
          warn(`${username} is an operator without a password (operator set-password).`),
        )
    }
    for (const name of named) {
      if (users.some(({ key }) => key === name)) continue
      findings.push(
        note(`LIGHTRAG_SUPER_ADMIN_USERS names ${name}, whom the database does not know.`),
      )
    }
    findings.push(operatorsFinding(names))
    const tenants = database.prepare<[], TenantFacts>(TENANTS).all()
    findings.push(ok(`${tenants.length} tenant(s) and ${users.length} user(s) in the database.`))
    findings.push(...tenants.slice(0, MOST_TENANTS).map(tenantFinding))
    if (tenants.length > MOST_TENANTS)
      findings.push(note(`… and ${tenants.length - MOST_TENANTS} more.`))
    const workspaces = database.prepare<[], string>('SELECT workspace FROM kbs').pluck().all()
    return { findings, workspaces: new Set(workspaces) }
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
    findings.push(bad(`${file} cannot be read: ${error.message}.`))
    return { findings, workspaces: new Set() }
  } finally {
    database.close()
  }
}

/** Names of those who have a key of their own; none in a database that is older than such keys. */
function keyed(database: Database.Database): ReadonlySet<string> {
  const there = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'operator_keys'`).get()
  if (there === undefined) return new Set()
  const sql = `SELECT username_key FROM operator_keys JOIN users USING (user_id)
    WHERE revoked_at IS NULL`
  return new Set(database.prepare<[], string>(sql).pluck().all())
}

function operatorsFinding(names: readonly string[]): Finding {
  if (names.length > 0) return ok(`The server is looked after by ${names.join(', ')}.`)
  return bad('Nobody can look after the tenants: `operator add NAME` makes an operator.')
}

function tenantFinding({ slug, status, kbs, members, owners }: TenantFacts): Finding {
  const held = status === 'active' ? '' : `, ${status}`
  const text = `${slug}: ${kbs} knowledge base(s), ${members} member(s)${held}.`
  return owners > 0 ? note(text) : warn(`${text} Nobody owns it: an operator may add an owner.`)
}
