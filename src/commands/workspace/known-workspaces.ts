import { lstat } from 'node:fs/promises'
import type { Config } from '../../config/config.ts'
import { ifMissing } from '../../files/file-errors.ts'
import { isSameName, nameIn } from '../../stores/sqlite/database/stored-name.ts'
import { isWorkspaceName, workspaceKey } from '../../tenancy/workspace-name.ts'
import { FolderRegistry } from '../../workspaces/folder/folder-registry.ts'
import type { WorkspaceFolder } from '../../workspaces/folder/workspace-folders.ts'
import { WorkspaceError } from './workspace-error.ts'

export function registryOf(config: Config): FolderRegistry {
  return new FolderRegistry(config)
}

/** @throws {WorkspaceError} unless this is a legal name */
export function parseName(name: string): string {
  if (isWorkspaceName(name)) return name
  throw new WorkspaceError(
    `"${name}" is no name of a workspace: it has 1 to 128 letters, digits, "_" or "-", starts ` +
      'with a letter or digit, and is no device name.',
  )
}

/** @throws {WorkspaceError} unless there is a workspace of this name, in a folder that is no link */
export async function existing(registry: FolderRegistry, name: string): Promise<WorkspaceFolder> {
  const folder = registry.folders.of(parseName(name))
  if ((await lstat(folder.dir).catch(() => undefined))?.isSymbolicLink()) {
    throw new WorkspaceError(
      `${folder.dir} is a link. Put the folder that it leads to in its place.`,
    )
  }
  if (await registry.exists(name)) return folder
  throw new WorkspaceError(`There is no workspace "${name}" in ${registry.folders.storage}.`)
}

/** @throws {WorkspaceError} as {@link existing}, and when the database there is another one's */
export async function existingOwn(
  registry: FolderRegistry,
  name: string,
): Promise<WorkspaceFolder> {
  const folder = await existing(registry, name)
  const own = nameIn(folder.dir)
  if (own === null || isSameName(own, name)) return folder
  throw new WorkspaceError(foreignDatabase(name, own))
}

export function foreignDatabase(name: string, own: string): string {
  return (
    `The folder of "${name}" has the database of "${own}". Put the right one there; if it is meant ` +
    `to be here, run \`workspace claim ${name}\`.`
  )
}

/** @throws {WorkspaceError} when this name, or one that differs in case only, is taken */
export async function refuseTaken(registry: FolderRegistry, name: string): Promise<void> {
  const names = await namesIn(registry)
  const taken = names.find((other) => workspaceKey(other) === workspaceKey(name))
  if (taken === undefined) return
  throw new WorkspaceError(
    `There is a workspace "${taken}" already. Give another name, or delete it first.`,
  )
}

/** Names of all workspaces, sorted. */
export async function namesIn(registry: FolderRegistry): Promise<string[]> {
  const names = await registry.list().catch(ifMissing([]))
  return names.filter(isWorkspaceName).sort()
}
