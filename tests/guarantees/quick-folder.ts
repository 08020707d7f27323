import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MEMORY = '/dev/shm'

/**
 * A folder of its own for one of many short histories; in memory where the system has such a place,
 * since what is counted here is what the engine does, not what the disk does.
 */
export async function quickFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const root = existsSync(MEMORY) ? MEMORY : tmpdir()
  const path = await mkdtemp(join(root, 'tenantrag-test-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
