import type { PooledEngines, PooledWorkspace } from '../../control/operators/live-engines.ts'
import type { LightRag } from '../../engine/light-rag.ts'
import type { EnginePool } from '../../tenancy/pool/pool.ts'

/** The engines of a pool, looked at without a lease: to look keeps none of them open. */
export class OpenEngines implements PooledEngines {
  readonly #pool: () => EnginePool<LightRag>
  readonly #engines = new Map<string, LightRag>()

  constructor(pool: () => EnginePool<LightRag>) {
    this.#pool = pool
  }

  add(workspace: string, engine: LightRag): LightRag {
    this.#engines.set(workspace, engine)
    return engine
  }

  remove(workspace: string): void {
    this.#engines.delete(workspace)
  }

  list(): Promise<PooledWorkspace[]> {
    const engines = this.#pool().engines()
    return Promise.all(
      engines.map(async (stats) => ({
        ...stats,
        documentsPending: await this.#pendingIn(stats.workspace),
      })),
    )
  }

  async evict(workspace: string): Promise<boolean> {
    if (
      !this.#pool()
        .engines()
        .some((engine) => engine.workspace === workspace)
    )
      return false
    // It ends with the last lease, which may be a long stream.
    void this.#pool().evict(workspace)
    return true
  }

  /** Nothing that ends a process leaves another in its place here. */
  quarantined(): readonly string[] {
    return []
  }

  free(): boolean {
    return false
  }

  async #pendingIn(workspace: string): Promise<number | null> {
    try {
      const counted = await this.#engines.get(workspace)?.statusCounts()
      if (counted === undefined) return null
      const { pending = 0, processing = 0 } = counted.status_counts
      return pending + processing
    } catch {
      // It closes just now.
      return null
    }
  }
}
