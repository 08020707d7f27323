import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { configOf } from '../command-context.ts'
import { checkInstallation } from './check-installation.ts'

/** `tenantrag doctor`: what is open, who can reach what, and what is weak. */
export function doctorCommand(context: CommandContext): Command {
  return new Command('doctor')
    .description('tell what is open, who reaches what, and what is weak; exit code 1 if bad')
    .action(async () => {
      const findings = await checkInstallation(configOf(context))
      for (const { level, text } of findings) context.print(`${level.padEnd(5)}${text}`)
      if (findings.some(({ level }) => level === 'bad')) context.setExitCode(1)
    })
}
