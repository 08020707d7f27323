import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { workspacesIn } from '../storage-folder.ts'
import { isWorkspaceName, workspaceKey } from '../tenancy/workspace-name.ts'
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

/** @throws {WorkspaceError} unless there is a workspace of this name */
export function existing(places: WorkspacePlaces, name: string): string {
  const dir = places.dirOf(parseName(name))
  if (existsSync(join(dir, 'rag.db'))) return dir
  throw new WorkspaceError(`There is no workspace "${name}" in ${places.root}.`)
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
  const names = await workspacesIn(places.root).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  return names.filter(isWorkspaceName).sort()
}
