import { applyBeside } from '../merge/apply-beside.ts'
import type { ChangeParts } from '../merge/ask-models.ts'
import { changeParts } from '../merge/change-parts.ts'
import { assertRoomFor } from '../merge/graph-bounds.ts'
import { attemptBy, type PublishParts } from '../pipeline/publish-document.ts'
import { EngineError } from '../ports/engine-error.ts'
import { type Pair, pairKey } from '../ports/pair.ts'
import type { StoredEntity, StoredRelation } from '../ports/stored-rows.ts'
import type { EditPlan } from './edit-plan.ts'
import { noEntity } from './item-name.ts'
import { prepareEdit } from './prepare-edit.ts'

/** What is asked of the graph, as things stand. */
export interface Edit<Reply> {
  /** Null when all is as it should be. */
  readonly plan: EditPlan | null
  /** What is said of it once it is made, while nobody else can change it again. */
  readonly reply: () => Promise<Reply>
}

/**
 * Makes an edit visible and durable, or nothing of it.
 *
 * @param look called again when the graph has changed before the edit could be made; may refuse by
 *   throwing
 * @throws {EngineError} `graph_full`
 */
export async function applyEdit<Reply>(
  parts: PublishParts,
  look: () => Promise<Edit<Reply>>,
): Promise<Reply> {
  // A person waits for it, as for an answer.
  const options = { lane: 'query' } as const
  const prepare = async (making: ChangeParts) => {
    const { plan, reply } = await look()
    return { change: plan && (await prepareEdit(making, plan, options)), reply }
  }
  const make = async ({ change, reply }: Awaited<ReturnType<typeof prepare>>) => {
    if (change !== null) {
      await assertRoomFor(parts.store, await parts.graphBounds?.(), change)
      await parts.store.graph.apply(change)
    }
    return reply()
  }
  return applyBeside(changeParts(parts, attemptBy(parts, options)), prepare, make)
}

/** @throws {EngineError} `entity_not_found` */
export async function readEntity({ store }: PublishParts, name: string): Promise<StoredEntity> {
  const keys = await store.searches.entityKeys([name])
  const [entity] = await store.searches.entities([...keys.values()])
  if (entity !== undefined) return entity
  throw noEntity(name)
}

/** @throws {EngineError} `relation_not_found` */
export async function readRelation({ store }: PublishParts, pair: Pair): Promise<StoredRelation> {
  const key = (await store.searches.relationKeys([pair])).get(pairKey(pair))
  const [relation] = await store.searches.relations(key === undefined ? [] : [key])
  if (relation !== undefined) return relation
  throw new EngineError(
    'relation_not_found',
    `Relation between '${pair[0]}' and '${pair[1]}' does not exist.`,
  )
}
