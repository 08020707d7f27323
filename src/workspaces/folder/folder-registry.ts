import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pendingWorkAt } from '../../stores/sqlite/database/pending-documents.ts'
import { WorkspaceLock } from '../../stores/sqlite/database/workspace-lock.ts'
import { openSqliteStore } from '../../stores/sqlite/sqlite-store.ts'
import type { Measured } from '../measured.ts'
import type {
  OpenOptions,
  OpenWorkspace,
  TrashedWorkspace,
  TrashOptions,
  WorkspaceRegistry,
} from '../workspace-registry.ts'
import type { WorkspaceWording } from '../workspace-wording.ts'
import { filesIn } from './files-in.ts'
import { refuseLinks } from './plain-folder.ts'
import { readWording } from './read-wording.ts'
import { workspacesIn } from './storage-folder.ts'
import { type StorageRoots, WorkspaceFolders } from './workspace-folders.ts'
import { WorkspaceStorage } from './workspace-storage.ts'
import { WorkspaceTrash, type WorkspaceTrashOptions } from './workspace-trash.ts'

/** Workspaces as folders: one for the database and one for the files of each. */
export class FolderRegistry implements WorkspaceRegistry {
  readonly folders: WorkspaceFolders
  readonly #storage: WorkspaceStorage
  readonly #trash: WorkspaceTrash

  /**
   * @param whileClosed how a workspace is kept closed while its folders are moved; unless given, it
   *   must be open nowhere
   */
  constructor(roots: StorageRoots, whileClosed?: WorkspaceTrashOptions['whileClosed']) {
    this.folders = new WorkspaceFolders(roots)
    this.#storage = new WorkspaceStorage(this.folders)
    this.#trash = new WorkspaceTrash({
      roots: this.folders.roots,
      whileClosed: whileClosed ?? ((name, work) => whileLocked(this.folders.of(name).dir, work)),
    })
  }

  list(): Promise<string[]> {
    return workspacesIn(this.folders.storage)
  }

  async exists(workspace: string): Promise<boolean> {
    return isThere(this.folders.of(workspace).database)
  }

  async isTaken(workspace: string): Promise<boolean> {
    const { dir, inputs } = this.folders.of(workspace)
    return (await isThere(dir)) || (await isThere(inputs))
  }

  async open(workspace: string, options: OpenOptions): Promise<OpenWorkspace> {
    const { dir, database, lock, inputs, uploads } = this.folders.of(workspace)
    await refuseLinks([dir, database, lock, inputs, uploads])
    const { embedding, indexFrom, isBare } = options
    const store = await openSqliteStore({
      dir,
      name: workspace,
      embedding,
      isBare,
      ...(indexFrom === undefined ? {} : { vectorIndex: { crossOver: indexFrom } }),
    })
    return { store, files: filesIn(inputs) }
  }

  async pendingWorkAt(workspace: string): Promise<number | null> {
    return pendingWorkAt(this.folders.of(workspace).dir)
  }

  bytes(workspace: string): Promise<number> {
    return this.#storage.bytes(workspace)
  }

  look(workspace: string): Promise<Measured> {
    return this.#storage.look(workspace)
  }

  emptyLog(workspace: string): Promise<void> {
    return this.#storage.emptyLog(workspace)
  }

  settings(workspace: string): Promise<WorkspaceWording> {
    return readWording(this.folders.of(workspace).settings)
  }

  trash(workspace: string, ticket: string, options?: TrashOptions): Promise<void> {
    return this.#trash.trash(workspace, ticket, options)
  }

  restore(workspace: string, ticket: string): Promise<void> {
    return this.#trash.restore(workspace, ticket)
  }

  purge(ticket: string): Promise<void> {
    return this.#trash.purge(ticket)
  }

  remains(workspaces: readonly string[], ticket: string): Promise<boolean> {
    return this.#trash.remains(workspaces, ticket)
  }

  trashed(): Promise<TrashedWorkspace[]> {
    return this.#trash.trashed()
  }
}

async function whileLocked(dir: string, work: () => Promise<void>): Promise<void> {
  if (!existsSync(dir)) return work()
  const lock = WorkspaceLock.acquire(dir)
  try {
    await work()
  } finally {
    lock.release()
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
