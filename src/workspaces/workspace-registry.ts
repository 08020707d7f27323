import type { EngineFiles } from '../engine/ports/files.ts'
import type { Store } from '../engine/ports/store.ts'
import type { Measured } from './measured.ts'
import type { WorkspaceWording } from './workspace-wording.ts'

export interface OpenOptions {
  /** Which embedding its vectors must come from. */
  readonly embedding: { readonly id: string; readonly dimension: number }
  /** From how many vectors of a kind on they are searched by an index. */
  readonly indexFrom?: number
  /** Whether the files that can be made again are removed first. */
  readonly isBare?: boolean
}

/** What the engine of a workspace works on. */
export interface OpenWorkspace {
  readonly store: Store
  readonly files: EngineFiles
}

/** A workspace that was taken out of the way and is not purged. */
export interface TrashedWorkspace {
  readonly workspace: string
  /** Of the deletion that it went with. */
  readonly ticket: string
  /** When, in milliseconds since 1970, where the ticket tells. */
  readonly at: number | null
  readonly bytes: number
}

export interface TrashOptions {
  /** Leaves the files of uploads and those that people put beside them where they are. */
  readonly keepFiles?: boolean
}

/**
 * What there is of workspaces, whoever they belong to. Names are checked by whoever takes them from
 * others.
 */
export interface WorkspaceRegistry {
  /** Names of all workspaces, in no order. */
  list(): Promise<string[]>

  exists(workspace: string): Promise<boolean>

  /** Whether anything lies under this name, such as files of a workspace that is none yet. */
  isTaken(workspace: string): Promise<boolean>

  /**
   * Opens a workspace, which is made if there is none, and keeps everybody else out of it until its
   * store is closed.
   *
   * @throws {EngineError} `workspace_locked`, `dimension_mismatch`, `store_unavailable`
   */
  open(workspace: string, options: OpenOptions): Promise<OpenWorkspace>

  /**
   * When there is work for the documents of a workspace, in milliseconds since 1970; zero for at
   * once, null for never. Opens nothing.
   *
   * @throws {EngineError} `store_unavailable`
   */
  pendingWorkAt(workspace: string): Promise<number | null>

  /** All that a workspace takes, files included. */
  bytes(workspace: string): Promise<number>

  /** The same, and what is in it; it may be in use. */
  look(workspace: string): Promise<Measured>

  /** Makes the log of its database as short as it can be. */
  emptyLog(workspace: string): Promise<void>

  /**
   * What it has of its own in place of what the server has for all.
   *
   * @throws {EngineError} `store_unavailable` when that cannot be used, with what is wrong in it
   */
  settings(workspace: string): Promise<WorkspaceWording>

  /** Ends the work in a workspace and takes it out of the way; may be repeated after a crash. */
  trash(workspace: string, ticket: string, options?: TrashOptions): Promise<void>

  /** Puts back what {@link trash} took; may be repeated as well. */
  restore(workspace: string, ticket: string): Promise<void>

  /** Deletes for good what went with a ticket. */
  purge(ticket: string): Promise<void>

  /** Whether anything is left of the workspaces, or of what went with the ticket. */
  remains(workspaces: readonly string[], ticket: string): Promise<boolean>

  /** What is in the trash, in order of tickets and names. */
  trashed(): Promise<TrashedWorkspace[]>
}
