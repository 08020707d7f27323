import type { PublishParts } from '../pipeline/publish-document.ts'
import { EngineError } from '../ports/engine-error.ts'
import { NO_DOCUMENT } from '../ports/graph-edit.ts'
import { orderedPair, pairKey } from '../ports/pair.ts'
import { applyEdit, readEntity, readRelation } from './apply-edit.ts'
import type {
  CreateEntity,
  CreateRelation,
  EntityInfo,
  GraphReply,
  RelationInfo,
} from './graph-calls.ts'
import { nameField, textField, weightField } from './item-fields.ts'
import { entityInfo, relationInfo } from './item-info.ts'
import { existingName, itemName, knownName } from './item-name.ts'

/** Adds an entity of which no document speaks. */
export function createEntity(
  parts: PublishParts,
  input: CreateEntity,
): Promise<GraphReply<EntityInfo>> {
  const { entity_name, entity_data: data } = input
  return applyEdit(parts, async () => {
    const name = itemName(entity_name, 'entity_name')
    if ((await knownName(parts.store.searches, entity_name)) !== null) {
      throw new EngineError('entity_exists', `Entity '${name}' exists already.`)
    }
    const type = nameField(data, 'entity_type') || 'UNKNOWN'
    const description = textField(data, 'description') ?? ''
    const entity = { name, type, description, ...originIn(data) }
    return {
      plan: { addEntities: [entity] },
      reply: async () => ({
        status: 'success',
        message: `Entity '${name}' created.`,
        data: entityInfo(await readEntity(parts, name)),
      }),
    }
  })
}

/** Adds a relation of which no document speaks, between entities that exist. */
export function createRelation(
  parts: PublishParts,
  input: CreateRelation,
): Promise<GraphReply<RelationInfo>> {
  const { relation_data: data } = input
  return applyEdit(parts, async () => {
    const { store } = parts
    const ends = [
      await existingName(store, input.source_entity),
      await existingName(store, input.target_entity),
    ] as const
    if (ends[0] === ends[1]) {
      throw new EngineError('invalid_argument', 'A relation needs two different entities.')
    }
    const pair = orderedPair(...ends)
    if ((await store.searches.relationKeys([pair])).has(pairKey(pair))) {
      const message = `Relation between '${ends[0]}' and '${ends[1]}' exists already.`
      throw new EngineError('relation_exists', message)
    }
    const relation = {
      source: pair[0],
      target: pair[1],
      keywords: nameField(data, 'keywords') ?? '',
      description: textField(data, 'description') ?? '',
      weight: weightField(data) ?? 1,
      ...originIn(data),
    }
    return {
      plan: { addRelations: [relation] },
      reply: async () => ({
        status: 'success',
        message: `Relation between '${ends[0]}' and '${ends[1]}' created.`,
        data: relationInfo(await readRelation(parts, pair)),
      }),
    }
  })
}

function originIn(data: Readonly<Record<string, unknown>>) {
  return {
    sourceId: textField(data, 'source_id') || NO_DOCUMENT,
    filePath: nameField(data, 'file_path') || NO_DOCUMENT,
    createdAt: Date.now(),
  }
}
