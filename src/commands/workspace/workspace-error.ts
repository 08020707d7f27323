import Database from 'better-sqlite3'
import { EngineError } from '../../engine/ports/engine-error.ts'

/** Why a command did not do what was asked; the message is for whoever typed it. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError'
  /** Whether another process is at it, so that the same may be done later. */
  readonly isInUse: boolean

  constructor(message: string, options: ErrorOptions & { readonly isInUse?: boolean } = {}) {
    super(message, options)
    this.isInUse = options.isInUse ?? false
  }
}

/** Turns failures of storage and files into sentences. Anything else is returned as it came. */
export function asWorkspaceError(error: unknown, workspace: string | null): unknown {
  if (error instanceof EngineError) {
    const which = workspace === null ? '' : `Workspace "${workspace}": `
    if (error.code !== 'workspace_locked') {
      return new WorkspaceError(`${which}${sentence(error.message)}`, { cause: error })
    }
    return new WorkspaceError(
      `The workspace ${workspace === null ? '' : `"${workspace}" `}is in use by another process, ` +
        'probably the server. Stop that first, and run this again.',
      { cause: error, isInUse: true },
    )
  }
  const isOfFiles = error instanceof Error && 'syscall' in error && 'code' in error
  if (isOfFiles || error instanceof Database.SqliteError) {
    return new WorkspaceError(sentence(error.message), { cause: error })
  }
  return error
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
