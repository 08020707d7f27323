import { Command } from 'commander'
import { AuditChain, type AuditLine, parseAuditLine } from '../tenancy/audit/audit-chain.ts'
import { auditFiles, readAuditFile } from '../tenancy/audit/audit-files.ts'
import { verifyAudit } from '../tenancy/audit/audit-verify.ts'
import { type CommandContext, configOf } from './command-context.ts'

/** `tenantrag audit …`: the audit log under the storage folder. */
export function auditCommand(context: CommandContext): Command {
  const audit = new Command('audit').description('check and read the audit log')
  audit
    .command('verify')
    .description('find lines that are missing, were altered or cut off; exit code 1 if there are')
    .action(() => verify(context))
  audit
    .command('show')
    .description('print lines, newest last')
    .option('--user <name>', 'only those about this user')
    .option('--workspace <name>', 'only those of this workspace, or that asked for it')
    .option('--event <name>', 'only those of this event')
    .option('--last <count>', 'at most so many', '100')
    .action((options: ShowOptions) => show(context, options))
  return audit
}

interface ShowOptions {
  readonly user?: string
  readonly workspace?: string
  readonly event?: string
  readonly last: string
}

async function verify(context: CommandContext): Promise<void> {
  const root = configOf(context).WORKING_DIR
  const { lines, problems } = await verifyAudit(root, new AuditChain(root))
  for (const problem of problems) context.print(problem)
  if (problems.length === 0) context.print(`${lines} lines, whole and unaltered.`)
  else context.setExitCode(1)
}

async function show(context: CommandContext, options: ShowOptions): Promise<void> {
  const root = configOf(context).WORKING_DIR
  const chain = new AuditChain(root)
  const user = options.user === undefined ? undefined : chain.id('user', options.user)
  const space =
    options.workspace === undefined ? undefined : chain.id('workspace', options.workspace)
  const wanted = (line: AuditLine) =>
    (user === undefined || line.user === user) &&
    (options.event === undefined || line.event === options.event) &&
    (space === undefined ||
      line.workspace === space ||
      String(line.wanted ?? '')
        .split(' ')
        .includes(space))
  const lines: string[] = []
  for (const name of await auditFiles(root)) {
    for (const text of ((await readAuditFile(root, name)) ?? '').split('\n')) {
      const line = parseAuditLine(text)
      if (line !== undefined && wanted(line)) lines.push(text)
    }
  }
  for (const line of lines.slice(-Number(options.last))) context.print(line)
}
