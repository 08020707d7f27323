import { isSameName, nameIn } from '../../stores/sqlite/database/stored-name.ts'
import { verifyWorkspace } from '../../stores/sqlite/verify/verify-workspace.ts'
import type { FolderRegistry } from '../../workspaces/folder/folder-registry.ts'
import { type CommandContext, configOf } from '../command-context.ts'
import { existing, foreignDatabase, namesIn, registryOf } from './known-workspaces.ts'
import { WorkspaceError } from './workspace-error.ts'

/** Prints what is wrong with a workspace, or with all. */
export async function verify(
  context: CommandContext,
  name: string | undefined,
  { all }: { readonly all: boolean },
): Promise<void> {
  const registry = registryOf(configOf(context))
  if (all === (name !== undefined)) throw new WorkspaceError('Name one workspace, or give --all.')
  const names = name === undefined ? await namesIn(registry) : [name]
  if (names.length === 0) context.print('There are no workspaces.')
  let sound = true
  for (const each of names) sound = (await verifyOne(context, registry, each)) && sound
  if (!sound) context.setExitCode(1)
}

async function verifyOne(
  context: CommandContext,
  registry: FolderRegistry,
  name: string,
): Promise<boolean> {
  const { dir, uploads } = await existing(registry, name)
  const { inUse, findings } = await verifyWorkspace(dir, uploads)
  const own = nameIn(dir)
  const foreign = own === null || isSameName(own, name) ? undefined : foreignDatabase(name, own)
  const problems = findings.filter(({ level }) => level === 'problem')
  const how = inUse ? ' (in use; this is how it was at one moment)' : ''
  const count = problems.length + (foreign === undefined ? 0 : 1)
  const verdict = count === 0 ? 'whole' : `${count} problem(s)`
  context.print(`${name}: ${verdict}${how}`)
  for (const { level, check, text } of findings) {
    context.print(`  ${level.padEnd(8)}${check}: ${text}`)
  }
  if (foreign !== undefined) context.print(`  problem name: ${foreign}`)
  return count === 0
}
