import type { EngineSource } from './lease.ts'

/**
 * Opens engines before anybody asks for them, one after another, as background work.
 *
 * @param onError called for each that cannot be opened; the others still are
 */
export async function warmPool<T>(
  pool: EngineSource<T>,
  workspaces: readonly string[],
  onError: (workspace: string, error: unknown) => void,
): Promise<void> {
  for (const workspace of workspaces) {
    try {
      const lease = await pool.acquire(workspace, { background: true })
      lease.release()
    } catch (error) {
      onError(workspace, error)
    }
  }
}
