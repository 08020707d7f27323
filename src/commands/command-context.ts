import { type Config, loadConfig } from '../config/config.ts'
import { AuditChain } from '../tenancy/audit/audit-chain.ts'
import { AuditLog } from '../tenancy/audit/audit-log.ts'
import { AuditRecorder } from '../tenancy/audit/audit-recorder.ts'

/** What a command gets from the process it runs in. */
export interface CommandContext {
  /** The environment, the `.env` file included. */
  readonly env: () => Readonly<Record<string, string | undefined>>
  readonly print: (line: string) => void
  readonly readInput: () => Promise<string>
  readonly setExitCode: (code: number) => void
}

export function configOf(context: CommandContext): Config {
  return loadConfig(context.env())
}

/** Writes one act of an administrator into the audit. What was done stands, whatever comes of it. */
export async function recordAct(
  config: Config,
  context: CommandContext,
  event: string,
  about: { readonly user?: string; readonly [more: string]: unknown },
): Promise<void> {
  if (!config.AUDIT_LOG) return
  try {
    const chain = new AuditChain(config.WORKING_DIR)
    let failure: unknown
    const log = new AuditLog({
      root: config.WORKING_DIR,
      chain,
      onError: (error) => {
        failure = error
      },
    })
    new AuditRecorder(log, chain).administered(event, about)
    await log.close()
    if (failure !== undefined) throw failure
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    context.print(`Warning: this was not written into the audit log: ${reason}`)
  }
}

/** A password as it was typed, without the end of its line. */
export async function readPassword(context: CommandContext): Promise<string> {
  return (await context.readInput()).replace(/\r?\n$/, '')
}
