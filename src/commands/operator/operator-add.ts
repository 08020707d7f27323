import { OPERATOR } from '../../control/authority/actor.ts'
import { type CommandContext, configOf, readPassword, recordAct } from '../command-context.ts'
import { printNewKey, withOperators } from './operator-change.ts'

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
