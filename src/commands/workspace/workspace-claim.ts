import { nameIn, renameIn } from '../../stores/sqlite/database/stored-name.ts'
import { WorkspaceLock } from '../../stores/sqlite/database/workspace-lock.ts'
import { type CommandContext, configOf } from '../command-context.ts'
import { existing, registryOf } from './known-workspaces.ts'
import { recordWorkspaceAct } from './workspace-audit.ts'

/** Says that the database in a workspace's folder is meant to be there, as after a copy by hand. */
export async function claim(context: CommandContext, name: string): Promise<void> {
  const config = configOf(context)
  const { dir } = await existing(registryOf(config), name)
  const before = nameIn(dir)
  const lock = WorkspaceLock.acquire(dir)
  try {
    renameIn(dir, name)
  } finally {
    lock.release()
  }
  await recordWorkspaceAct(config, context, 'workspace_claimed', name)
  const was = before === null || before === name ? '' : `, which was that of "${before}"`
  context.print(`"${name}" has the database in its folder${was}.`)
}
