import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whatever a test makes in the temporary directory goes when the run ends, also what a kill left. */
export default async function oneTempFolder(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantrag-run-'))
  // Some tests act as another user.
  await chmod(folder, 0o755)
  process.env.TMPDIR = folder
  return () => rm(folder, { recursive: true, force: true, maxRetries: 5 })
}
