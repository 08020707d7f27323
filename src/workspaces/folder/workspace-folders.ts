import { join } from 'node:path'

/** The two folders, below which lies all that workspaces have. */
export interface StorageRoots {
  readonly WORKING_DIR: string
  readonly INPUT_DIR: string
}

/** Where one workspace is. */
export interface WorkspaceFolder {
  /** For its database, log, indexes and settings. */
  readonly dir: string
  readonly database: string
  readonly log: string
  readonly lock: string
  readonly settings: string
  /** For files that people put there. */
  readonly inputs: string
  /** The server's own folder below it, for the bytes of uploads. */
  readonly uploads: string
}

/** Tells where things are. No other module joins a path of a workspace (`tests/house/home.test.ts`). */
export class WorkspaceFolders {
  readonly storage: string
  readonly inputs: string

  constructor({ WORKING_DIR, INPUT_DIR }: StorageRoots) {
    this.storage = WORKING_DIR
    this.inputs = INPUT_DIR
  }

  /** Each holds one folder a workspace; the storage first. */
  get roots(): readonly string[] {
    return [this.storage, this.inputs]
  }

  of(workspace: string): WorkspaceFolder {
    const dir = join(this.storage, workspace)
    const inputs = join(this.inputs, workspace)
    return {
      dir,
      database: join(dir, 'rag.db'),
      log: join(dir, 'rag.db-wal'),
      lock: join(dir, 'lock.db'),
      settings: join(dir, 'settings.json'),
      inputs,
      uploads: uploadsIn(inputs),
    }
  }

  /** Where a workspace is made before it appears. No workspace can have this name. */
  get incoming(): string {
    return join(this.storage, '_incoming')
  }
}

/** The server's own folder below that for files. */
export function uploadsIn(inputs: string): string {
  return join(inputs, '__uploads__')
}

/** Where what went with a deletion lies in a root. No workspace can have this name. */
export function trashIn(root: string, ...below: readonly string[]): string {
  return join(root, '_trash', ...below)
}
