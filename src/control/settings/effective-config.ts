import type { Actor } from '../authority/actor.ts'
import { assertReaches, tenantAccess } from '../authority/authority.ts'
import type { ControlCore } from '../core/control-core.ts'
import { configIn, RagConfig } from '../core/rag-config.ts'
import { kbBy } from '../kbs/kb-rows.ts'

/** Where the value of a setting comes from. */
export type ConfigSource = 'server' | 'tenant' | 'kb'

/** A setting as it holds, and how it came to that. */
export interface EffectiveField {
  readonly value: unknown
  readonly source: ConfigSource
  /** What it would be if it were not set here. */
  readonly default: unknown
  /** Why it can no longer be changed; null while it can. */
  readonly locked: string | null
}

/** Settings by name; what the server leaves to others has null. */
export type EffectiveConfig = Readonly<Record<string, EffectiveField>>

/** What a workspace has of the server as long as nobody sets it, by the names of `RagConfig`. */
export type ServerConfig = Readonly<Record<string, unknown>>

const FIELDS = Object.keys(RagConfig.properties)
/** Vectors of another model, or of another length, do not fit beside those that are there. */
const OF_VECTORS: ReadonlySet<string> = new Set([
  'embedding_binding',
  'embedding_model',
  'embedding_dim',
])
const HAS_VECTORS = 'There are documents: their vectors would have to be made anew'

/** What tenants and knowledge bases set, over what the server does. */
export class EffectiveConfigs {
  readonly #core: ControlCore
  readonly #server: ServerConfig

  constructor(core: ControlCore, server: ServerConfig) {
    this.#core = core
    this.#server = server
  }

  /** @throws {ControlError} `not_found`, `forbidden` */
  async ofTenant(actor: Actor, ref: string): Promise<EffectiveConfig> {
    const { tenant } = await tenantAccess(this.#core.db, actor, ref, 'tenant:manage')
    const hasVectors = await this.#hasDocuments('tenant_id', tenant.tenant_id)
    return layered([this.#server, { tenant: configIn(tenant.config) }], hasVectors)
  }

  /** @throws {ControlError} `not_found`, `forbidden` */
  async ofKb(
    actor: Actor,
    ref: string,
    kbRef: string,
  ): Promise<{ readonly effective: EffectiveConfig; config: RagConfig; version: number }> {
    const access = await tenantAccess(this.#core.db, actor, ref, 'kb:manage')
    const { tenant } = access
    const kb = await kbBy(this.#core.db, tenant.tenant_id, kbRef)
    assertReaches(access, kb.kb_id)
    const config = configIn(kb.config)
    const hasVectors = await this.#hasDocuments('kb_id', kb.kb_id)
    const layers = { tenant: configIn(tenant.config), kb: config }
    return {
      effective: layered([this.#server, layers], hasVectors),
      config,
      version: kb.version,
    }
  }

  async #hasDocuments(column: 'tenant_id' | 'kb_id', id: string): Promise<boolean> {
    const row = await this.#core.db
      .selectFrom('levels')
      .select('used')
      .where(column, '=', id)
      .where('kind', '=', 'documents')
      .where('used', '>', 0)
      .limit(1)
      .executeTakeFirst()
    return row !== undefined
  }
}

type Sourced = Pick<EffectiveField, 'source' | 'value'>

type Layers = { readonly tenant: RagConfig; readonly kb?: RagConfig }

function layered(
  [server, { tenant, kb }]: readonly [ServerConfig, Layers],
  hasVectors: boolean,
): EffectiveConfig {
  const effective: Record<string, EffectiveField> = {}
  for (const name of FIELDS) {
    const locked = hasVectors && OF_VECTORS.has(name) ? HAS_VECTORS : null
    const ofServer: Sourced = { source: 'server', value: Reflect.get(server, name) ?? null }
    const ofTenant: Sourced = { source: 'tenant', value: Reflect.get(tenant, name) }
    const inherited = kb !== undefined && ofTenant.value !== undefined ? ofTenant : ofServer
    const own: Sourced =
      kb === undefined ? ofTenant : { source: 'kb', value: Reflect.get(kb, name) }
    const held = own.value === undefined ? inherited : own
    effective[name] = { ...held, default: inherited.value, locked }
  }
  return effective
}
