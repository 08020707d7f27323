import { OPERATOR } from '../control/actor.ts'
import { ControlDatabase } from '../control/control-database.ts'
import { ControlError } from '../control/control-error.ts'
import { controlDatabasePath } from '../control/control-plane.ts'
import { ControlCore } from '../control/mutation.ts'
import { foldedKey } from '../control/user-rows.ts'
import { Users } from '../control/users.ts'
import { PasswordChecker } from '../tenancy/password.ts'
import { type CommandContext, configOf, readPassword, recordAct } from './command-context.ts'

/** Adds one to the control database, which is made if need be. */
export async function addOperator(context: CommandContext, username: string): Promise<void> {
  const config = configOf(context)
  const password = await readPassword(context)
  const database = await ControlDatabase.open(controlDatabasePath(config.WORKING_DIR))
  const passwords = new PasswordChecker()
  try {
    const superAdmins = new Set(config.LIGHTRAG_SUPER_ADMIN_USERS.map(foldedKey))
    const users = new Users(new ControlCore(database), { passwords, superAdmins })
    const { user_id } = await users.create(OPERATOR, { username, password, super_admin: true })
    await recordAct(config, context, 'operator_added', { user: user_id })
    context.print(`${username} may look after all tenants.`)
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
    context.print(error.message)
    context.setExitCode(1)
  } finally {
    await passwords.close()
    await database.close()
  }
}
