import { statfs } from 'node:fs/promises'
import { EngineError } from '../../../engine/ports/engine-error.ts'

const MB = 1024 * 1024

/**
 * Looks before anything is written, so that nobody waits for an import that the disk cannot hold.
 *
 * @throws {EngineError} `store_unavailable` when the disk of a folder has no room for so many bytes
 */
export async function refuseWithoutRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (bytes <= free) return
  const [needed, left] = [Math.ceil(bytes / MB), Math.floor(free / MB)]
  throw new EngineError(
    'store_unavailable',
    `The import needs about ${needed} MB where workspaces are kept, and ${left} MB are free there`,
  )
}
