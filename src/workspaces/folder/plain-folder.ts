import { lstat } from 'node:fs/promises'
import { EngineError } from '../../engine/ports/engine-error.ts'

/**
 * Refuses what is a link, wherever it leads: two workspaces could be one, or a folder of somebody else
 * be served. Whoever wants it elsewhere mounts it, or moves the folder of all workspaces.
 *
 * @throws {EngineError} `store_unavailable`
 */
export async function refuseLinks(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const stats = await lstat(path).catch(() => undefined)
    if (!stats?.isSymbolicLink()) continue
    throw new EngineError(
      'store_unavailable',
      'A folder or file of this workspace is a link. Put what it leads to in its place',
      { cause: new Error(`${path} is a link`) },
    )
  }
}
