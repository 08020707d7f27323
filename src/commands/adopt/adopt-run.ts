import { existsSync } from 'node:fs'
import type { Config } from '../../config/config.ts'
import { Users } from '../../control/accounts/users.ts'
import { ControlCore } from '../../control/core/control-core.ts'
import { ControlDatabase, controlDatabasePath } from '../../control/database/control-database.ts'
import { foldedKey } from '../../control/database/user-rows.ts'
import { PasswordChecker, parseStoredPassword } from '../../tenancy/sign-in/password.ts'
import { readUsersFile } from '../../tenancy/users/users-editor.ts'
import type { UserRecord } from '../../tenancy/users/users-schema.ts'
import { type CommandContext, configOf, recordAct } from '../command-context.ts'
import { namesIn, registryOf } from '../workspace/known-workspaces.ts'
import { alreadyThere, applyAdoption, type HashedUser } from './adopt-apply.ts'
import { type AdoptionPlan, planAdoption } from './adopt-plan.ts'

/** Plans the adoption, says what it is, and does it if asked to. */
export async function adopt(context: CommandContext, really: boolean): Promise<void> {
  const config = configOf(context)
  const records = await readUsersFile(config.usersFile)
  const workspaces = await namesIn(registryOf(config))
  const path = controlDatabasePath(config.WORKING_DIR)
  // A look makes no files.
  const database = await ControlDatabase.open(really || existsSync(path) ? path : ':memory:')
  const passwords = new PasswordChecker()
  try {
    const core = new ControlCore(database)
    const plan = planAdoption(workspaces, records, await alreadyThere(core.db))
    for (const line of described(plan)) context.print(line)
    if (!really) {
      context.print('Nothing was changed. Run it again with --yes to do this.')
      return
    }
    const users = new Users(core, { passwords, superAdmins: superAdminsOf(config) })
    const hashed = await hashedUsers(users, plan)
    await core.mutate(async (mutation) => {
      // Planned anew: somebody may have worked meanwhile.
      const now = planAdoption(workspaces, records, await alreadyThere(mutation.tx))
      const hashOf = new Map(hashed.map(({ record, hash }) => [record, hash]))
      const withHashes = now.users.map((user) => ({
        ...user,
        hash: hashOf.get(user.record) ?? null,
      }))
      await applyAdoption(mutation, { ...now, users: withHashes }, users)
    })
    await recordAct(config, context, 'adopted', {
      tenants: plan.tenants.size,
      users: plan.users.length,
    })
    for (const { record, hash } of hashed) {
      if (hash === null) context.print(`${record.username} has to be given a new password.`)
    }
    context.print(
      'Done; no file was moved. The users file still decides for its users: with ENABLE_MULTI_TENANTS on, remove it when the database alone is to. Tokens then end, keys go on.',
    )
  } finally {
    await passwords.close()
    await database.close()
  }
}

function* described({ tenants, users, notes }: AdoptionPlan): Generator<string> {
  for (const { tenantId, slug, kbs } of tenants.values()) {
    if (kbs.length === 0) continue
    yield tenantId === undefined ? `tenant ${slug} (new)` : `tenant ${slug}`
    for (const { workspace, slug: kb, isDefault } of kbs) {
      yield `  knowledge base ${kb}${isDefault ? ' (default)' : ''}: workspace ${workspace}`
    }
  }
  for (const { record, memberships } of users) {
    const places = memberships.map(({ tenant, role, workspaces }) => {
      const name = tenants.get(tenant)?.slug ?? tenant
      return `${role} in ${name}${workspaces === undefined ? '' : ` (${workspaces.join(', ')})`}`
    })
    yield `user ${record.username}: ${places.join('; ')}`
    if (memberships.length > 1) yield `  its keys reach ${memberships[0]?.tenant} alone`
  }
  yield* notes
}

/** Hashes are taken over; a password in plain text is hashed, where it can be. */
async function hashedUsers(users: Users, plan: AdoptionPlan): Promise<HashedUser[]> {
  const hashed: HashedUser[] = []
  for (const user of plan.users) hashed.push({ ...user, hash: await hashFor(users, user.record) })
  return hashed
}

async function hashFor(users: Users, { password }: UserRecord): Promise<string | null> {
  const stored = parseStoredPassword(password)
  if (stored?.bcrypt !== undefined) return stored.bcrypt
  // The database takes no password that is shorter, and bcrypt reads no longer one.
  const bytes = Buffer.byteLength(password)
  return stored === undefined || bytes < 8 || bytes > 72 ? null : users.hashOf(password)
}

function superAdminsOf(config: Config): ReadonlySet<string> {
  return new Set(config.LIGHTRAG_SUPER_ADMIN_USERS.map(foldedKey))
}
