import type { PublishParts } from '../pipeline/publish-document.ts'
import { EngineError } from '../ports/engine-error.ts'
import { orderedPair } from '../ports/pair.ts'
import { applyEdit, readEntity, readRelation } from './apply-edit.ts'
import type {
  EditEntity,
  EditEntityReply,
  EditRelation,
  GraphReply,
  OperationSummary,
  RelationInfo,
} from './graph-calls.ts'
import { entityPatch, refuseOrigin, relationPatch } from './item-fields.ts'
import { edgeProperties, entityInfo, nodeProperties, relationInfo } from './item-info.ts'
import { existingName, itemName, knownName } from './item-name.ts'

/**
 * Sets what an entity is, whatever documents say of it now and later; and its name, which may be
 * that of another entity when both are the same.
 */
export function editEntity(parts: PublishParts, input: EditEntity): Promise<EditEntityReply> {
  return applyEdit(parts, async () => {
    const name = await existingName(parts.store, input.entity_name)
    const { updated_data: data } = input
    refuseOrigin(data, nodeProperties(await readEntity(parts, name)))
    const patchEntities = new Map([[name, entityPatch(data)]])
    const target = await newName(parts, input, name)
    const moves = target.name === name ? new Map() : new Map([[name, target.name]])
    const summary: OperationSummary = {
      merged: target.exists,
      merge_status: target.exists ? 'success' : 'not_attempted',
      merge_error: null,
      operation_status: 'success',
      target_entity: target.exists ? target.name : null,
      final_entity: target.name,
      renamed: target.name !== name,
    }
    return {
      plan: { patchEntities, moves },
      reply: async () => ({
        status: 'success',
        message: target.exists
          ? `Entity '${name}' merged into '${target.name}'.`
          : `Entity '${target.name}' updated.`,
        data: {
          ...entityInfo(await readEntity(parts, target.name)),
          operation_summary: summary,
        },
        operation_summary: summary,
      }),
    }
  })
}

/** Sets what a relation is, whatever documents say of it now and later. */
export function editRelation(
  parts: PublishParts,
  input: EditRelation,
): Promise<GraphReply<RelationInfo>> {
  return applyEdit(parts, async () => {
    const { store } = parts
    const source = (await knownName(store.searches, input.source_id)) ?? input.source_id
    const target = (await knownName(store.searches, input.target_id)) ?? input.target_id
    const pair = orderedPair(source, target)
    const relation = await readRelation(parts, pair).catch((error: unknown) => {
      const isMissing = error instanceof EngineError && error.code === 'relation_not_found'
      throw isMissing ? new EngineError('unknown_relation', error.message) : error
    })
    refuseOrigin(input.updated_data, edgeProperties(relation))
    const patch = relationPatch(input.updated_data)
    return {
      plan: { patchRelations: [{ pair, patch }] },
      reply: async () => ({
        status: 'success',
        message: `Relation between '${source}' and '${target}' updated.`,
        data: relationInfo(await readRelation(parts, pair)),
      }),
    }
  })
}

/** The name after an edit, and whether it is that of another entity. */
async function newName(
  { store }: PublishParts,
  input: EditEntity,
  name: string,
): Promise<{ name: string; exists: boolean }> {
  const { entity_name: wanted } = input.updated_data
  const same = { name, exists: false }
  if (wanted === undefined || wanted === null || wanted === name) return same
  if (typeof wanted !== 'string') {
    throw new EngineError('invalid_argument', 'entity_name must be a string.')
  }
  const cleaned = itemName(wanted, 'entity_name')
  if (cleaned === name) return same
  if (input.allow_rename !== true) {
    throw new EngineError('invalid_argument', 'Set allow_rename to give an entity another name.')
  }
  const known = await knownName(store.searches, wanted)
  if (known === null) return { name: cleaned, exists: false }
  if (input.allow_merge !== true) {
    const message = `Entity '${known}' exists already; set allow_merge to merge both.`
    throw new EngineError('entity_exists', message)
  }
  return { name: known, exists: true }
}
