import { changeParts } from '../merge/change-parts.ts'
import { assertRoomFor } from '../merge/graph-bounds.ts'
import { attemptBy, type PublishParts } from '../pipeline/publish-document.ts'
import { EngineError } from '../ports/engine-error.ts'
import { type Pair, pairKey } from '../ports/pair.ts'
import type { StoredEntity, StoredRelation } from '../ports/stored-rows.ts'
import type { EditPlan } from './edit-plan.ts'
import { prepareEdit } from './prepare-edit.ts'

/**
 * Makes an edit visible and durable, or nothing of it. Only to be called in an exclusive section.
 *
 * @throws {EngineError} `graph_full`
 */
export async function applyEdit(parts: PublishParts, plan: EditPlan): Promise<void> {
  // A person waits for it, as for an answer.
  const options = { lane: 'query' } as const
  const making = changeParts(parts, attemptBy(parts, options))
  const change = await prepareEdit(making, plan, options)
  await assertRoomFor(parts.store, await parts.graphBounds?.(), change)
  await parts.store.graph.apply(change)
}

/** @throws {EngineError} `entity_not_found` */
export async function readEntity({ store }: PublishParts, name: string): Promise<StoredEntity> {
  const keys = await store.searches.entityKeys([name])
  const [entity] = await store.searches.entities([...keys.values()])
  if (entity !== undefined) return entity
  throw new EngineError('entity_not_found', `Entity '${name}' does not exist.`)
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
