import { createHash } from 'node:crypto'
import { entityText, relationText } from '../merge/item-texts.ts'
import { SEPARATOR } from '../merge/merge-fragments.ts'
import type { StoredEntity, StoredRelation } from '../ports/stored-rows.ts'
import type { EntityInfo, RelationInfo } from './graph-calls.ts'

/** The properties of a node, as LightRAG shows them. */
export function nodeProperties(entity: StoredEntity) {
  return {
    entity_id: entity.name,
    entity_type: entity.type,
    description: entity.description,
    ...originOf(entity),
  }
}

/** The properties of an edge, as LightRAG shows them. */
export function edgeProperties(relation: StoredRelation) {
  return {
    weight: relation.weight,
    description: relation.description,
    keywords: relation.keywords,
    ...originOf(relation),
  }
}

export function entityInfo(entity: StoredEntity): EntityInfo {
  const { source_id, file_path, created_at } = originOf(entity)
  return {
    entity_name: entity.name,
    source_id,
    graph_data: nodeProperties(entity),
    vector_data: {
      id: `ent-${md5(entity.name)}`,
      entity_name: entity.name,
      content: entityText(entity),
      source_id,
      file_path,
      created_at,
    },
  }
}

export function relationInfo(relation: StoredRelation): RelationInfo {
  const { source_id, file_path, created_at } = originOf(relation)
  return {
    src_entity: relation.source,
    tgt_entity: relation.target,
    source_id,
    graph_data: edgeProperties(relation),
    vector_data: {
      id: `rel-${md5(relation.source + relation.target)}`,
      src_id: relation.source,
      tgt_id: relation.target,
      content: relationText(relation),
      source_id,
      file_path,
      created_at,
    },
  }
}

/** Where an item comes from, as LightRAG tells it. */
export function originOf(item: {
  readonly sourceIds: readonly string[]
  readonly filePaths: readonly string[]
  readonly createdAt: number
}) {
  return {
    source_id: item.sourceIds.join(SEPARATOR),
    file_path: item.filePaths.join(SEPARATOR),
    created_at: Math.floor(item.createdAt / 1000),
  }
}

function md5(text: string): string {
  return createHash('md5').update(text, 'utf8').digest('hex')
}
