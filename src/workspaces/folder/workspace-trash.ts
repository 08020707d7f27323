import { randomUUID } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { access, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { bytesIn } from '../../files/folder-bytes.ts'
import { syncFolder } from '../../files/sync-folder.ts'
import { parseWorkspaceName } from '../../tenancy/workspace-name.ts'
import type { TrashedWorkspace, TrashOptions } from '../workspace-registry.ts'
import { trashIn } from './workspace-folders.ts'

export interface WorkspaceTrashOptions {
  /** The folders that hold one folder a workspace: that of the storage, then that of the inputs. */
  readonly roots: readonly string[]
  /** Closes the workspace's engine, and runs the work before it may be opened again. */
  readonly whileClosed: (workspace: string, work: () => Promise<void>) => Promise<void>
}

/** A deletion of {@link newTicket}, with its time. */
const TIMED = /^del_(\d+)_/
/**
 * As earlier versions put away what the command `workspace delete` had begun to remove: without a
 * folder for the deletion. No ticket has a dot.
 */
const UNTICKETED = /^([^.]+)\.(\d+)$/

/** Of a deletion that nobody else has given a name. */
export function newTicket(): string {
  return `del_${Date.now()}_${randomUUID().slice(0, 8)}`
}

/**
 * Moves the folders of workspaces to a trash beside them, so that nothing is copied:
 * `_trash/<ticket>/<workspace>` in each root.
 */
export class WorkspaceTrash {
  readonly #options: WorkspaceTrashOptions

  constructor(options: WorkspaceTrashOptions) {
    this.#options = options
  }

  async trash(workspace: string, ticket: string, { keepFiles }: TrashOptions = {}): Promise<void> {
    const name = parseWorkspaceName(workspace)
    const { roots, whileClosed } = this.#options
    await whileClosed(name, async () => {
      for (const root of keepFiles ? roots.slice(0, 1) : roots) {
        const target = placeOf(root, ticket, name)
        // A second folder of the name: one that was made between a crash and this.
        const free = (await exists(target)) ? `${target}.${randomUUID()}` : target
        await move(join(root, name), free)
      }
    })
  }

  async restore(workspace: string, ticket: string): Promise<void> {
    const name = parseWorkspaceName(workspace)
    const { roots, whileClosed } = this.#options
    await whileClosed(name, async () => {
      for (const root of roots) await move(placeOf(root, ticket, name), join(root, name))
    })
  }

  async purge(ticket: string): Promise<void> {
    for (const root of this.#options.roots) {
      await rm(trashIn(root, ticket), { recursive: true, force: true })
    }
    if (TIMED.test(ticket)) await this.#tidy()
  }

  /** Folders that were made for deletions of which nothing else was done before a crash. */
  async #tidy(): Promise<void> {
    for (const root of this.#options.roots) {
      const tickets = (await foldersIn(trashIn(root))).filter((ticket) => TIMED.test(ticket))
      for (const ticket of tickets) await rmdir(trashIn(root, ticket)).catch(() => undefined)
    }
  }

  async remains(workspaces: readonly string[], ticket: string): Promise<boolean> {
    for (const root of this.#options.roots) {
      if (await exists(trashIn(root, ticket))) return true
      for (const workspace of workspaces) if (await exists(join(root, workspace))) return true
    }
    return false
  }

  async trashed(): Promise<TrashedWorkspace[]> {
    const found = new Map<string, TrashedWorkspace>()
    for (const root of this.#options.roots) {
      for (const ticket of await foldersIn(trashIn(root))) {
        const [, alone, at = TIMED.exec(ticket)?.[1]] = UNTICKETED.exec(ticket) ?? []
        const names = alone === undefined ? await foldersIn(trashIn(root, ticket)) : [alone]
        for (const workspace of names) {
          const key = `${ticket}/${workspace}`
          const bytes = await bytesIn(placeOf(root, ticket, workspace))
          found.set(key, {
            workspace,
            ticket,
            at: at === undefined ? null : Number(at),
            bytes: bytes + (found.get(key)?.bytes ?? 0),
          })
        }
      }
    }
    return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each)
  }
}

function placeOf(root: string, ticket: string, workspace: string): string {
  return UNTICKETED.test(ticket) ? trashIn(root, ticket) : trashIn(root, ticket, workspace)
}

/** Does nothing when there is nothing to move, as after a crash that came just behind. */
async function move(from: string, to: string): Promise<void> {
  if (!(await exists(from))) return
  const made = await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  // Or a power cut could take the folder away with what was moved into it.
  if (made !== undefined) for (const path of [dirname(to), made]) await syncFolder(dirname(path))
  await rename(from, to)
  for (const folder of [dirname(to), dirname(from)]) await syncFolder(folder)
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => [])
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}
