import type { GraphBounds } from '../../engine/merge/graph-bounds.ts'
import { EngineError } from '../../engine/ports/engine-error.ts'
import type { Rag } from '../../engine/rag.ts'
import { ControlError } from '../core/control-error.ts'
import type { TenantKb } from '../kbs/tenant-kbs.ts'

const QUOTAS = { entities: 'max_entities_per_kb', relations: 'max_relationships_per_kb' } as const
type Kind = keyof typeof QUOTAS

/** What the engine of a knowledge base keeps its graph to; a workspace of no tenant has no bound. */
export function graphBoundsOf(tenantKb: TenantKb | undefined): GraphBounds {
  return {
    entities: tenantKb?.quota.max_entities_per_kb ?? null,
    relations: tenantKb?.quota.max_relationships_per_kb ?? null,
  }
}

/**
 * Refuses a document before it is taken in when the graph has no room for anything. What a document
 * brings is known after its extraction: the engine then refuses what is too much.
 *
 * @throws {ControlError} `quota_exceeded`
 */
export async function assertGraphNotFull(
  tenantKb: TenantKb,
  rag: Pick<Rag, 'status'>,
): Promise<void> {
  const bounds = graphBoundsOf(tenantKb)
  if (bounds.entities === null && bounds.relations === null) return
  const { counts } = await rag.status()
  for (const kind of ['entities', 'relations'] as const) {
    const limit = bounds[kind]
    if (limit !== null && counts[kind] >= limit) throw graphFull(kind, limit, counts[kind])
  }
}

/** Runs a change of the graph; what the engine refuses is then refused as by any other quota. */
export async function inWordsOfQuotas(change: () => unknown): Promise<unknown> {
  try {
    return await change()
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'graph_full') throw error
    const { kind, limit, used } = error.details
    throw graphFull(kind === 'relations' ? kind : 'entities', Number(limit), Number(used), error)
  }
}

function graphFull(kind: Kind, limit: number, used: number, cause?: unknown): ControlError {
  return new ControlError('quota_exceeded', `This knowledge base may have ${limit} ${kind}`, {
    details: { quota: QUOTAS[kind], limit, used },
    ...(cause === undefined ? {} : { cause }),
  })
}
