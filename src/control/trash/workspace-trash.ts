import { randomUUID } from 'node:crypto'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncFolder } from '../../files/sync-folder.ts'
import { parseWorkspaceName } from '../../tenancy/workspace-name.ts'
import type { WorkspaceFiles } from '../tenants/deletions.ts'

/** No workspace can have this name. */
const TRASH = '_trash'

export interface WorkspaceTrashOptions {
  /** The folders that hold one folder a workspace, such as those of the storage and the uploads. */
  readonly roots: readonly string[]
  /** Closes the workspace's engine, and runs the work before it may be opened again. */
  readonly whileClosed: (workspace: string, work: () => Promise<void>) => Promise<void>
}

/** Moves the folders of workspaces to a trash beside them, so that nothing is copied. */
export class WorkspaceTrash implements WorkspaceFiles {
  readonly #options: WorkspaceTrashOptions

  constructor(options: WorkspaceTrashOptions) {
    this.#options = options
  }

  async trash(workspace: string, jobId: string): Promise<void> {
    const name = parseWorkspaceName(workspace)
    await this.#options.whileClosed(name, async () => {
      for (const root of this.#options.roots) {
        const target = join(root, TRASH, jobId, name)
        // A second folder of the name: one that was made between a crash and this.
        const free = (await exists(target)) ? `${target}.${randomUUID()}` : target
        await move(join(root, name), free)
      }
    })
  }

  async restore(workspace: string, jobId: string): Promise<void> {
    const name = parseWorkspaceName(workspace)
    await this.#options.whileClosed(name, async () => {
      for (const root of this.#options.roots) {
        await move(join(root, TRASH, jobId, name), join(root, name))
      }
    })
  }

  async purge(jobId: string): Promise<void> {
    for (const root of this.#options.roots) {
      await rm(join(root, TRASH, jobId), { recursive: true, force: true })
    }
  }

  async remains(workspaces: readonly string[], jobId: string): Promise<boolean> {
    for (const root of this.#options.roots) {
      if (await exists(join(root, TRASH, jobId))) return true
      for (const workspace of workspaces) if (await exists(join(root, workspace))) return true
    }
    return false
  }
}

/** Does nothing when there is nothing to move, as after a crash that came just behind. */
async function move(from: string, to: string): Promise<void> {
  if (!(await exists(from))) return
  await mkdir(dirname(to), { recursive: true })
  await rename(from, to)
  for (const folder of [dirname(to), dirname(from)]) await syncFolder(folder)
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
