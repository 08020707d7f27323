import type { Config } from '../../config/config.ts'
import { AuditChain } from '../../tenancy/audit/audit-chain.ts'
import { type CommandContext, recordAct } from '../command-context.ts'

/** Writes what was done with a workspace into the audit, where its name stands as an opaque id. */
export async function recordWorkspaceAct(
  config: Config,
  context: CommandContext,
  event:
    | 'workspace_exported'
    | 'workspace_imported'
    | 'workspace_reindexed'
    | 'workspace_deleted'
    | 'workspace_restored'
    | 'workspace_claimed',
  name: string,
): Promise<void> {
  if (!config.AUDIT_LOG) return
  const workspace = new AuditChain(config.WORKING_DIR).id('workspace', name)
  await recordAct(config, context, event, { workspace })
}
