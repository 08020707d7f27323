import { type Static, Type } from 'typebox'
import type { EngineStats } from '../../tenancy/pool/pool-stats.ts'
import type { Actor } from '../authority/actor.ts'
import { assertSuperAdmin } from '../authority/authority.ts'
import type { ControlCore } from '../core/control-core.ts'
import { notFound } from '../core/control-error.ts'
import type { TenantKbs } from '../kbs/tenant-kbs.ts'
import { NullableInteger, NullableString } from '../wire/wire-schemas.ts'

/** One workspace of the pool. */
export interface PooledWorkspace extends EngineStats {
  /** That wait or are being processed; null while the engine opens or closes. */
  readonly documentsPending: number | null
}

/** The engines of the server. */
export interface PooledEngines {
  /** Those that are open, opening or closing. */
  list(): Promise<readonly PooledWorkspace[]>
  /** Closes one as soon as its leases have ended; false when it is not there. */
  evict(workspace: string): Promise<boolean>
  /** Workspaces that are served alone, for what was asked of them has ended processes. */
  quarantined(): readonly string[]
  /** Has one served among the others again; false when it was not alone. */
  free(workspace: string): boolean
}

export const LiveEngineReply = Type.Object({
  workspace: Type.String(),
  /** Null for a workspace of no tenant, as those of a users file. */
  tenant_id: NullableString,
  kb_id: NullableString,
  state: Type.Enum(['opening', 'ready', 'draining', 'closed']),
  bytes: Type.Integer({ description: 'Memory held, native memory included' }),
  leases: Type.Integer(),
  background_leases: Type.Integer(),
  granted: Type.Integer({ description: 'Leases since it opened' }),
  documents_pending: NullableInteger,
  quarantined: Type.Boolean({
    description: 'Whether it is served alone, for what was asked of it has ended processes',
  }),
})

/** An engine as the API shows it. */
export type LiveEngine = Readonly<Static<typeof LiveEngineReply>>

/** An engine that waits for somebody to ask. */
const ABSENT = {
  state: 'closed',
  bytes: 0,
  leases: 0,
  backgroundLeases: 0,
  granted: 0,
  documentsPending: null,
} as const satisfies Omit<PooledWorkspace, 'workspace'>

/** What operators may see of the engines, and do about them. */
export class LiveEngines {
  readonly #core: ControlCore
  readonly #tenantKbs: TenantKbs
  readonly #engines: PooledEngines

  constructor(core: ControlCore, tenantKbs: TenantKbs, engines: PooledEngines) {
    this.#core = core
    this.#tenantKbs = tenantKbs
    this.#engines = engines
  }

  /** The largest first; those in quarantine also while they are closed. */
  async list(actor: Actor): Promise<LiveEngine[]> {
    assertSuperAdmin(actor)
    const quarantined = new Set(this.#engines.quarantined())
    const open = await this.#engines.list()
    const absent = [...quarantined].filter(
      (workspace) => !open.some((engine) => engine.workspace === workspace),
    )
    const found: readonly PooledWorkspace[] = [
      ...open,
      ...absent.map((workspace) => ({ workspace, ...ABSENT })),
    ]
    const shown = found.map(async ({ backgroundLeases, documentsPending, ...engine }) => {
      const tenantKb = await this.#tenantKbs.of(engine.workspace)
      return {
        ...engine,
        tenant_id: tenantKb?.tenantId ?? null,
        kb_id: tenantKb?.kbId ?? null,
        background_leases: backgroundLeases,
        documents_pending: documentsPending,
        quarantined: quarantined.has(engine.workspace),
      }
    })
    return (await Promise.all(shown)).sort((one, other) => other.bytes - one.bytes)
  }

  /**
   * Closes the engine of a workspace as soon as nobody uses it; the next request opens it anew.
   *
   * @throws {ControlError} `super_admin_only`, `not_found`
   */
  async evict(actor: Actor, workspace: string): Promise<void> {
    assertSuperAdmin(actor)
    if (!(await this.#engines.evict(workspace))) throw notFound('engine')
    await this.#record(actor, 'engine_evicted', workspace)
  }

  /**
   * Ends the quarantine of a workspace: nothing is held against it any more.
   *
   * @returns whether it was in quarantine
   * @throws {ControlError} `super_admin_only`
   */
  async free(actor: Actor, workspace: string): Promise<boolean> {
    assertSuperAdmin(actor)
    const wasQuarantined = this.#engines.free(workspace)
    if (wasQuarantined) await this.#record(actor, 'engine_freed', workspace)
    return wasQuarantined
  }

  async #record(actor: Actor, event: string, workspace: string): Promise<void> {
    const tenantKb = await this.#tenantKbs.of(workspace)
    await this.#core.mutate((mutation) =>
      mutation.record(actor, {
        event,
        tenantId: tenantKb?.tenantId,
        // A name stands in no record of acts.
        subject: tenantKb?.kbId ?? 'workspace',
      }),
    )
  }
}
