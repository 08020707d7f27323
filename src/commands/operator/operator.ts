import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'

/** What changes operators; loaded only where it is needed, for it is a good part of the code. */
const changes = () => import('./operator-change.ts')

/** `tenantrag operator …`: who looks after a server with tenants, before anybody can sign in. */
export function operatorCommand(context: CommandContext): Command {
  const operator = new Command('operator').description('users who look after all tenants')
  operator
    .command('list')
    .description('show those of the control database; no secrets')
    .action(async () => (await changes()).listOperators(context))
  operator
    .command('add <name>')
    .description('add one to the control database; reads a password from standard input')
    .option('--key', 'give a key for programs as well, shown once', false)
    .action(async (name: string, options: { key: boolean }) =>
      (await import('./operator-change.ts')).addOperator(context, name, options),
    )
  for (const [verb, disabled] of [
    ['disable', true],
    ['enable', false],
  ] as const) {
    operator
      .command(`${verb} <name>`)
      .description(`${verb} one, whose keys and tokens ${disabled ? 'end' : 'work again'}`)
      .action(async (name: string) =>
        (await changes()).setOperatorDisabled(context, name, disabled),
      )
  }
  operator
    .command('set-password <name>')
    .description('read a password from standard input; tokens of the old one end')
    .action(async (name: string) => (await changes()).setOperatorPassword(context, name))
  operator
    .command('rotate-key <name>')
    .description('give a key for programs, shown once; older ones end')
    .option('--keep-old', 'let the older keys work too', false)
    .action(async (name: string, options: { keepOld: boolean }) =>
      (await changes()).rotateOperatorKey(context, name, options),
    )
  operator
    .command('revoke-keys <name>')
    .description('end all keys of one')
    .action(async (name: string) => (await changes()).endKeysOfOperator(context, name))
  return operator
}
