import { Users } from '../../control/accounts/users.ts'
import { OPERATOR } from '../../control/authority/actor.ts'
import { ControlCore } from '../../control/core/control-core.ts'
import { ControlError } from '../../control/core/control-error.ts'
import { ControlDatabase, controlDatabasePath } from '../../control/database/control-database.ts'
import type { UserRow } from '../../control/database/control-tables.ts'
import { foldedKey, userOrNone } from '../../control/database/user-rows.ts'
import {
  endOperatorKeys,
  giveOperatorKey,
  operatorKeys,
} from '../../control/operators/operator-keys.ts'
import { PasswordChecker } from '../../tenancy/sign-in/password.ts'
import { type CommandContext, configOf, readPassword, recordAct } from '../command-context.ts'
import { WorkspaceError } from '../workspace/workspace-error.ts'

interface Operators {
  readonly core: ControlCore
  readonly users: Users
  /** @throws {WorkspaceError} for somebody who is none */
  readonly named: (name: string) => Promise<UserRow>
}

export function listOperators(context: CommandContext): Promise<void> {
  return withOperators(context, async ({ core, users }) => {
    const rows = await core.db.selectFrom('users').selectAll().orderBy('username_key').execute()
    const keys = await operatorKeys(core.db)
    const operators = rows.filter((row) => users.isSuperAdmin(row))
    for (const row of operators) {
      const own = keys.filter(({ user_id }) => user_id === row.user_id)
      const facts = [
        row.disabled === 1 ? 'disabled' : 'active',
        row.password_hash === null ? 'no password' : 'has a password',
        own.length === 0 ? 'no key' : `keys ${own.map(({ prefix }) => `${prefix}…`).join(', ')}`,
        ...(row.super_admin === 1 ? [] : ['by LIGHTRAG_SUPER_ADMIN_USERS']),
      ]
      context.print(`${row.username}  ${facts.join(', ')}`)
    }
    if (operators.length === 0) {
      context.print('There are none in the database: `operator add NAME` makes the first.')
    }
    context.print('Entries of the users file with super_admin are operators too: `user list`.')
  })
}

export function setOperatorDisabled(
  context: CommandContext,
  name: string,
  disabled: boolean,
): Promise<void> {
  return withOperators(context, async ({ users, named }) => {
    const { user_id, username } = await named(name)
    await users.setDisabled(OPERATOR, user_id, disabled)
    const event = disabled ? 'operator_disabled' : 'operator_enabled'
    await recordAct(configOf(context), context, event, { user: user_id })
    context.print(
      disabled
        ? `${username} is refused from now on, and what they sent as an invitation is withdrawn.`
        : `${username} is let in again.`,
    )
  })
}

export function setOperatorPassword(context: CommandContext, name: string): Promise<void> {
  return withOperators(context, async ({ users, named }) => {
    const { user_id, username } = await named(name)
    await users.setPassword(OPERATOR, user_id, await readPassword(context))
    await recordAct(configOf(context), context, 'operator_password_changed', { user: user_id })
    context.print(`${username} has a new password; tokens of the old one have ended.`)
  })
}

export function rotateOperatorKey(
  context: CommandContext,
  name: string,
  options: { readonly keepOld: boolean },
): Promise<void> {
  return withOperators(context, async ({ core, named }) => {
    const { user_id } = await named(name)
    await printNewKey(context, core, user_id, options)
  })
}

export function endKeysOfOperator(context: CommandContext, name: string): Promise<void> {
  return withOperators(context, async ({ core, named }) => {
    const { user_id, username } = await named(name)
    const ended = await core.mutate((mutation) => endOperatorKeys(mutation, OPERATOR, user_id))
    await recordAct(configOf(context), context, 'operator_keys_revoked', { user: user_id })
    context.print(`${username}: ${ended} key(s) ended.`)
  })
}

/** Gives a key, and prints it with the sentence that it is not shown again. */
export async function printNewKey(
  context: CommandContext,
  core: ControlCore,
  userId: string,
  options: { readonly keepOld: boolean },
): Promise<void> {
  const key = await core.mutate((mutation) => giveOperatorKey(mutation, OPERATOR, userId, options))
  await recordAct(configOf(context), context, 'operator_key_created', { user: userId })
  context.print('This key is shown once:')
  context.print(key)
}

/** Runs a command on the control database, which a server may have open. */
export async function withOperators(
  context: CommandContext,
  work: (operators: Operators) => Promise<void>,
): Promise<void> {
  const config = configOf(context)
  const database = await ControlDatabase.open(controlDatabasePath(config.WORKING_DIR))
  const passwords = new PasswordChecker()
  try {
    const superAdmins = new Set(config.LIGHTRAG_SUPER_ADMIN_USERS.map(foldedKey))
    const core = new ControlCore(database)
    const users = new Users(core, { passwords, superAdmins })
    const named = async (name: string) => {
      const row = await userOrNone(core.db, name)
      if (row !== undefined && users.isSuperAdmin(row)) return row
      throw new WorkspaceError(
        row === undefined
          ? `There is no user "${name}" in the database; \`operator list\` shows the operators.`
          : `"${name}" is a user and no operator; \`operator list\` shows them.`,
      )
    }
    await work({ core, users, named })
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
    context.print(error.message)
    context.setExitCode(1)
  } finally {
    await passwords.close()
    await database.close()
  }
}

/** Adds one to the control database, which is made if need be. */
export function addOperator(
  context: CommandContext,
  username: string,
  { key }: { readonly key: boolean },
): Promise<void> {
  return withOperators(context, async ({ core, users }) => {
    const password = await readPassword(context)
    const { user_id } = await users.create(OPERATOR, { username, password, super_admin: true })
    await recordAct(configOf(context), context, 'operator_added', { user: user_id })
    context.print(`${username} may look after all tenants.`)
    if (key) await printNewKey(context, core, user_id, { keepOld: true })
  })
}
