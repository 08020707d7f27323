import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../../engine/ports/engine-error.ts'
import { hasCode } from '../../files/file-errors.ts'
import { syncFolder } from '../../files/sync-folder.ts'
import { renameIn } from '../../stores/sqlite/database/stored-name.ts'
import { WorkspaceLock } from '../../stores/sqlite/database/workspace-lock.ts'
import type { FolderRegistry } from '../../workspaces/folder/folder-registry.ts'
import type { WorkspaceFolders } from '../../workspaces/folder/workspace-folders.ts'
import { refuseTaken } from './known-workspaces.ts'
import { WorkspaceError } from './workspace-error.ts'

/**
 * Gives `work` an empty folder beside the workspaces, in which one can be made before it appears.
 * What earlier runs have left there when they were killed is removed.
 */
export async function withIncoming<T>(
  { incoming }: Pick<WorkspaceFolders, 'incoming'>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  await mkdir(incoming, { recursive: true })
  for (const name of await readdir(incoming)) await removeAbandoned(incoming, name)
  const outer = join(incoming, randomUUID())
  const folder = join(outer, 'workspace')
  await mkdir(folder, { recursive: true })
  const lock = WorkspaceLock.acquire(outer)
  try {
    return await work(folder)
  } finally {
    lock.release()
    await rm(outer, { recursive: true, force: true })
  }
}

/** The lock tells whether somebody is still at it; it goes with its process. */
async function removeAbandoned(incoming: string, name: string): Promise<void> {
  const folder = join(incoming, name)
  try {
    WorkspaceLock.acquire(folder).release()
  } catch (error) {
    if (error instanceof EngineError) return
    throw error
  }
  await rm(folder, { recursive: true, force: true })
}

/**
 * Lets a workspace that was made in an incoming folder appear under its name, in one step.
 *
 * @throws {WorkspaceError} when the name was taken meanwhile
 */
export async function appear(
  registry: FolderRegistry,
  name: string,
  folder: string,
): Promise<void> {
  await refuseTaken(registry, name)
  renameIn(folder, name)
  await syncFolder(folder)
  await rename(folder, registry.folders.of(name).dir).catch((error: unknown) => {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error
    throw new WorkspaceError(`There is a folder for a workspace "${name}" already.`)
  })
  await syncFolder(registry.folders.storage)
}
