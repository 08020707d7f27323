import { surveyWorkspace } from '../../stores/sqlite/verify/survey.ts'
import type { FolderRegistry } from '../../workspaces/folder/folder-registry.ts'
import { removeUploads } from '../../workspaces/folder/upload-folder.ts'
import { newTicket } from '../../workspaces/folder/workspace-trash.ts'
import { type CommandContext, configOf } from '../command-context.ts'
import { existing, parseName, registryOf } from './known-workspaces.ts'
import { type UnfinishedDeletion, unfinishedDeletions } from './unfinished-deletions.ts'
import { recordWorkspaceAct } from './workspace-audit.ts'
import { humanBytes } from './workspace-list.ts'

/**
 * Removes a workspace: it is renamed away, and then is gone for everybody; then its files are
 * removed. Interrupted in between, the next run goes on.
 */
export async function deleteWorkspace(
  context: CommandContext,
  name: string,
  { yes }: { readonly yes: boolean },
): Promise<void> {
  const config = configOf(context)
  const registry = registryOf(config)
  const unfinished = await unfinishedDeletions(registry, parseName(name))
  const isThere = await registry.exists(name)
  if (unfinished.length === 0) await existing(registry, name)
  if (!yes) {
    await announce(context, registry, name, unfinished.length > 0)
    return
  }
  for (const one of unfinished) await finish(registry, one)
  if (unfinished.length > 0) {
    context.print(`The earlier deletion of "${name}" is finished.`)
    if (!isThere) return
    // A command that finishes a deletion need not mean what has been given the name since.
    context.print(`There is a new workspace "${name}". To delete that too, run this again.`)
    context.setExitCode(1)
    return
  }
  await registry.trash(name, newTicket(), { keepFiles: true })
  await recordWorkspaceAct(config, context, 'workspace_deleted', name)
  for (const one of await unfinishedDeletions(registry, name)) await finish(registry, one)
  context.print(`Workspace "${name}" is deleted.`)
}

async function announce(
  context: CommandContext,
  registry: FolderRegistry,
  name: string,
  isUnfinished: boolean,
): Promise<void> {
  if (isUnfinished) {
    context.print(`This would finish an earlier deletion of "${name}".`)
  } else {
    const { documents } = surveyWorkspace(registry.folders.of(name).dir)
    const count = Object.values(documents).reduce((sum, each) => sum + each, 0)
    const size = humanBytes(await registry.bytes(name))
    context.print(`This would delete "${name}" for good: ${count} documents, ${size}.`)
  }
  context.print('Nothing was done. Run it again with --yes.')
  context.setExitCode(1)
}

/** What is in the trash goes last: it is what tells that there is something to finish. */
async function finish(registry: FolderRegistry, one: UnfinishedDeletion): Promise<void> {
  await removeUploads(registry.folders.of(one.workspace), one.at)
  await registry.purge(one.ticket)
}
