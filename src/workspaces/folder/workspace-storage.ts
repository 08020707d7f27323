import { existsSync } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { bytesIn, FolderBytes } from '../../files/folder-bytes.ts'
import { checkpointThread } from '../../stores/sqlite/database/checkpointer.ts'
import { lookInto } from '../../stores/sqlite/tables/stored-content.ts'
import type { Measured } from '../measured.ts'
import type { WorkspaceFolders } from './workspace-folders.ts'

const REMEMBERED_FOLDERS = 50_000

/**
 * How much a workspace takes: the sizes of all its files, which are those of its database, of its log
 * and indexes, the uploads that it keeps, and the files that wait in its folder of the inputs. It is
 * the one number that quotas, lists and commands go by.
 */
export class WorkspaceStorage {
  readonly #folders: WorkspaceFolders
  readonly #inputs = new FolderBytes({ remembered: REMEMBERED_FOLDERS })

  constructor(folders: WorkspaceFolders) {
    this.#folders = folders
  }

  async bytes(workspace: string): Promise<number> {
    return (await this.#storedBytes(workspace)) + (await this.#inputBytes(workspace))
  }

  /** Takes no lock and opens no engine, so it may be asked of a workspace that is in use. */
  async look(workspace: string): Promise<Measured> {
    // First what waits: what has been done meanwhile is rather counted twice than not at all.
    const { dir, log } = this.#folders.of(workspace)
    const content = lookInto(dir)
    const storedBytes = await this.#storedBytes(workspace)
    const logBytes = (await lstat(log).catch(() => undefined))?.size ?? 0
    const bytes = storedBytes + (await this.#inputBytes(workspace))
    return { ...content, storedBytes, logBytes, bytes }
  }

  /** Copies the log into the database, beside the event loop; others may be at work there. */
  async emptyLog(workspace: string): Promise<void> {
    const { database } = this.#folders.of(workspace)
    if (existsSync(database)) await checkpointThread.checkpoint(database, 'TRUNCATE')
  }

  /** A handful of files, which grow in their places. */
  #storedBytes(workspace: string): Promise<number> {
    return bytesIn(this.#folders.of(workspace).dir)
  }

  #inputBytes(workspace: string): Promise<number> {
    return this.#inputs.in(this.#folders.of(workspace).inputs)
  }
}
