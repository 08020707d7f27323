import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../config/config.ts'
import { syncFolder } from '../../files/sync-folder.ts'
import { WorkspaceStorage } from '../../server/workspaces/workspace-storage.ts'
import { WorkspaceLock } from '../../stores/sqlite/database/workspace-lock.ts'
import { surveyWorkspace } from '../../stores/sqlite/verify/survey.ts'
import { type CommandContext, configOf } from '../command-context.ts'
import { recordWorkspaceAct } from './workspace-audit.ts'
import { humanBytes } from './workspace-list.ts'
import { existing, parseName, placesOf, type WorkspacePlaces } from './workspace-places.ts'
import { type Trashed, trashed } from './workspace-trash.ts'

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
  const places = placesOf(config)
  const unfinished = await trashed(places, parseName(name))
  const isThere = existsSync(join(places.dirOf(name), 'rag.db'))
  if (unfinished.length === 0) existing(places, name)
  if (!yes) {
    await announce(context, config, name, unfinished.length > 0)
    return
  }
  for (const one of unfinished) await finish(places, one)
  if (unfinished.length > 0) {
    context.print(`The earlier deletion of "${name}" is finished.`)
    if (!isThere) return
    // Whoever finishes a deletion need not mean what has been given the name since.
    context.print(`There is a new workspace "${name}". To delete that too, run this again.`)
    context.setExitCode(1)
    return
  }
  await moveAway(places, name)
  await recordWorkspaceAct(config, context, 'workspace_deleted', name)
  for (const one of await trashed(places, name)) await finish(places, one)
  context.print(`Workspace "${name}" is deleted.`)
}

async function announce(
  context: CommandContext,
  config: Config,
  name: string,
  isUnfinished: boolean,
): Promise<void> {
  if (isUnfinished) {
    context.print(`This would finish an earlier deletion of "${name}".`)
  } else {
    const { documents } = surveyWorkspace(placesOf(config).dirOf(name))
    const count = Object.values(documents).reduce((sum, each) => sum + each, 0)
    const size = humanBytes(await new WorkspaceStorage(config).bytes(name))
    context.print(`This would delete "${name}" for good: ${count} documents, ${size}.`)
  }
  context.print('Nothing was done. Run it again with --yes.')
  context.setExitCode(1)
}

async function moveAway(places: WorkspacePlaces, name: string): Promise<void> {
  const lock = WorkspaceLock.acquire(places.dirOf(name))
  try {
    await mkdir(places.trash, { recursive: true })
    await rename(places.dirOf(name), join(places.trash, `${name}.${Date.now()}`))
    await syncFolder(places.trash)
    await syncFolder(places.root)
  } finally {
    lock.release()
  }
}

/** The folder in the trash goes last: it is what tells that there is something to finish. */
async function finish(places: WorkspacePlaces, { name, folder, at }: Trashed): Promise<void> {
  const uploads = places.uploadsOf(name)
  for (const file of await readdir(uploads).catch((): string[] => [])) {
    const path = join(uploads, file)
    // A workspace that has been given the name since has newer files.
    const written = (await stat(path).catch(() => undefined))?.mtimeMs
    if (written !== undefined && written <= at) await rm(path, { force: true })
  }
  // What people put beside the uploads stays, and so does its folder.
  for (const empty of [uploads, places.inputOf(name)]) await rmdir(empty).catch(() => undefined)
  await rm(folder, { recursive: true, force: true })
}
