import { existsSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../../config/config.ts'
import { ifMissing } from '../../files/file-errors.ts'
import { workspacesIn } from '../../server/workspaces/storage-folder.ts'
import { isSameName, nameIn } from '../../stores/sqlite/database/workspace-name.ts'
import { isWorkspaceName, workspaceKey } from '../../tenancy/workspace-name.ts'
import { WorkspaceError } from './workspace-error.ts'

/** Where the files of workspaces are. */
export interface WorkspacePlaces {
  /** The storage folder. */
  readonly root: string
  readonly dirOf: (name: string) => string
  /** The folder for files that people put there, and the server's own folder below it. */
  readonly inputOf: (name: string) => string
  readonly uploadsOf: (name: string) => string
  /** Where a workspace is made before it appears, and where a deleted one goes. */
  readonly incoming: string
  readonly trash: string
}

export function placesOf(config: Config): WorkspacePlaces {
  const root = config.WORKING_DIR
  return {
    root,
    dirOf: (name) => join(root, name),
    inputOf: (name) => join(config.INPUT_DIR, name),
    uploadsOf: (name) => join(config.INPUT_DIR, name, '__uploads__'),
    incoming: join(root, '_incoming'),
    trash: join(root, '_trash'),
  }
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
export function existing(places: WorkspacePlaces, name: string): string {
  const dir = places.dirOf(parseName(name))
  if (lstatSync(dir, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new WorkspaceError(`${dir} is a link. Put the folder that it leads to in its place.`)
  }
  if (existsSync(join(dir, 'rag.db'))) return dir
  throw new WorkspaceError(`There is no workspace "${name}" in ${places.root}.`)
}

/** @throws {WorkspaceError} as {@link existing}, and when the database there is another one's */
export function existingOwn(places: WorkspacePlaces, name: string): string {
  const dir = existing(places, name)
  const own = nameIn(dir)
  if (own === null || isSameName(own, name)) return dir
  throw new WorkspaceError(foreignDatabase(name, own))
}

export function foreignDatabase(name: string, own: string): string {
  return (
    `The folder of "${name}" has the database of "${own}". Put the right one there; if it is meant ` +
    `to be here, run \`workspace claim ${name}\`.`
  )
}

/** @throws {WorkspaceError} when this name, or one that differs in case only, is taken */
export async function refuseTaken(places: WorkspacePlaces, name: string): Promise<void> {
  const names = await namesIn(places)
  const taken = names.find((other) => workspaceKey(other) === workspaceKey(name))
  if (taken === undefined) return
  throw new WorkspaceError(
    `There is a workspace "${taken}" already. Give another name, or delete it first.`,
  )
}

/** Names of all workspaces, sorted. */
export async function namesIn(places: WorkspacePlaces): Promise<string[]> {
  const names = await workspacesIn(places.root).catch(ifMissing([]))
  return names.filter(isWorkspaceName).sort()
}
