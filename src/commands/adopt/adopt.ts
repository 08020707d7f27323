import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'

/** `tenantrag adopt`: turns workspaces and the users file into tenants, where they are. */
export function adoptCommand(context: CommandContext): Command {
  return new Command('adopt')
    .description('keep existing workspaces and users as tenants; shows what it would do')
    .option('-y, --yes', 'do it', false)
    .action(async (options: { yes: boolean }) => {
      const { adopt } = await import('./adopt-run.ts')
      await adopt(context, options.yes)
    })
}
