import type { TrashedWorkspace } from '../../workspaces/workspace-registry.ts'
import { type CommandContext, configOf } from '../command-context.ts'
import { parseName, refuseTaken, registryOf } from './known-workspaces.ts'
import { recordWorkspaceAct } from './workspace-audit.ts'
import { WorkspaceError } from './workspace-error.ts'
import { jobIn } from './workspace-trash-list.ts'

/** Puts back what the trash has under a name: of several the one that was deleted last. */
export async function restore(context: CommandContext, name: string): Promise<void> {
  const config = configOf(context)
  const registry = registryOf(config)
  parseName(name)
  const trashed = await registry.trashed()
  const [last] = trashed
    .filter(({ workspace }) => workspace === name)
    .sort((one, other) => (other.at ?? 0) - (one.at ?? 0))
  if (last === undefined) {
    throw new WorkspaceError(`There is no workspace "${name}" in the trash. ${whatIsIn(trashed)}`)
  }
  const { tenant, step } = jobIn(config, last.ticket)
  if (step !== null) {
    // Its tenant or knowledge base would stay deleted, and its files be purged in their time.
    throw new WorkspaceError(
      `"${name}" went with the deletion ${last.ticket} of the tenant ${tenant}. Its server restores ` +
        'it: POST /api/v1/tenants/{tenant}/kbs/{kb}/restore, or …/{tenant}/restore for all of it.',
    )
  }
  await refuseTaken(registry, name)
  await registry.restore(name, last.ticket)
  await recordWorkspaceAct(config, context, 'workspace_restored', name)
  context.print(`Workspace "${name}" is back, but for what its deletion had removed before.`)
  context.print(`\`workspace verify ${name}\` tells whether it is whole.`)
}

function whatIsIn(trashed: readonly TrashedWorkspace[]): string {
  const names = [...new Set(trashed.map(({ workspace }) => workspace))]
  return names.length === 0 ? 'The trash is empty.' : `It has ${names.join(', ')}.`
}
