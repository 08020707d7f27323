import { Command } from 'commander'
import type { CommandContext } from './command-context.ts'

/** `tenantrag operator …`: who looks after a server with tenants, before anybody can sign in. */
export function operatorCommand(context: CommandContext): Command {
  const operator = new Command('operator').description('users who look after all tenants')
  operator
    .command('add <name>')
    .description('add one to the control database; reads a password from standard input')
    .action(async (name: string) => {
      const { addOperator } = await import('./operator-add.ts')
      await addOperator(context, name)
    })
  return operator
}
