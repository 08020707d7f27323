import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../../config/config.ts'
import type { EngineSource } from '../../tenancy/pool/lease.ts'
import { warmPool } from '../../tenancy/pool/warm-pool.ts'
import { workspaceKey } from '../../tenancy/workspace-name.ts'
import type { WorkspaceRegistry } from '../../workspaces/workspace-registry.ts'
import { PendingSweep, type Sweepable } from './pending-sweep.ts'

export interface UpkeepOptions {
  readonly registry: WorkspaceRegistry
  readonly pool: EngineSource<Sweepable>
  readonly log: FastifyBaseLogger
  /** How long documents of a workspace are to wait, in milliseconds. */
  readonly putOffMs?: ((workspace: string) => Promise<number>) | undefined
}

/** What has to be done for workspaces though nobody asks: some are opened early, work is taken up. */
export class Upkeep {
  readonly #config: Config
  readonly #options: UpkeepOptions
  readonly #sweep: PendingSweep
  #isStopped = false

  constructor(config: Config, options: UpkeepOptions) {
    const { registry, pool, log, putOffMs } = options
    this.#config = config
    this.#options = options
    this.#sweep = new PendingSweep({
      pool,
      workAt: async (workspace) => {
        const at = await registry.pendingWorkAt(workspace)
        const waitMs = at === null ? 0 : ((await putOffMs?.(workspace)) ?? 0)
        return at !== null && waitMs > 0 ? Math.max(at, Date.now() + waitMs) : at
      },
      width: Math.max(1, Math.floor(config.POOL_MAX_ENGINES / 4)),
      onError: (message, error) => log.error({ err: error }, message),
    })
  }

  /** Takes up the pending documents of every workspace that there is. */
  async resume(): Promise<void> {
    await this.#open([...new Set([...this.#config.POOL_PINNED, ...this.#config.POOL_WARM])])
    for (const workspace of await this.#options.registry.list()) this.#sweep.add(workspace)
  }

  /** One has lost its engine by the end of a process: what stays open is opened again, work goes on. */
  async lost(workspace: string): Promise<void> {
    const key = workspaceKey(workspace)
    const isPinned = this.#config.POOL_PINNED.some((pinned) => workspaceKey(pinned) === key)
    if (isPinned && !this.#isStopped) await this.#open([workspace])
    this.closed(workspace)
  }

  /** One was closed to make room, perhaps with work left: it goes on when there is room again. */
  closed(workspace: string): void {
    this.#sweep.add(workspace)
  }

  stop(): void {
    this.#isStopped = true
    this.#sweep.stop()
  }

  async #open(workspaces: readonly string[]): Promise<void> {
    const { pool, log } = this.#options
    await warmPool(pool, workspaces, (workspace, error) => {
      log.error({ err: error, workspace }, 'The workspace cannot be opened in advance.')
    })
  }
}
