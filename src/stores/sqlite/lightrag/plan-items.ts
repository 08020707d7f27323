import { entityLine, relationLine } from '../../../engine/merge/item-texts.ts'
import {
  mergeEntity,
  mergeRelation,
  SEPARATOR,
  type SourceLimits,
} from '../../../engine/merge/merge-fragments.ts'
import type { EntityState, RelationState } from '../../../engine/ports/change.ts'
import { byOrigin } from '../../../engine/ports/fragment-order.ts'
import { NO_DOCUMENT } from '../../../engine/ports/graph-edit.ts'
import { orderedPair, pairKey } from '../../../engine/ports/pair.ts'
import { DEFAULT_SETTINGS } from '../../../engine/ports/settings.ts'
import type {
  StoredEntityFragment,
  StoredRelationFragment,
} from '../../../engine/ports/stored-rows.ts'
import { tokenCount } from '../../../engine/text/tokenizer.ts'
import type { PlannedDocument } from './import-plan.ts'
import type { PlannedGraph } from './plan-graph.ts'
import { textOf } from './read-records.ts'
import type { NanoVectors } from './read-vectors.ts'

/**
 * Entities and relations as their fragments make them, with the vectors that LightRAG had for them.
 * No model is asked: descriptions that would be summarised are joined.
 */
export function planItems(
  documents: readonly PlannedDocument[],
  manual: Pick<PlannedGraph, 'manualEntities' | 'manualRelations'>,
  vectors: { readonly entities: NanoVectors; readonly relations: NanoVectors },
): { entities: EntityState[]; relations: RelationState[] } {
  const { entities, relations } = gathered(documents, manual)
  const entityVectors = new Map(
    vectors.entities.records.map(({ fields, vector }) => [textOf(fields.entity_name), vector]),
  )
  const relationVectors = new Map(
    vectors.relations.records.map(({ fields, vector }) => [
      pairKey(orderedPair(textOf(fields.src_id), textOf(fields.tgt_id))),
      vector,
    ]),
  )
  return {
    entities: [...entities].map(([name, fragments]) => {
      const vector = entityVectors.get(name) ?? null
      return entityState(name, first(fragments, LIMITS.entity), vector)
    }),
    relations: [...relations].map(([key, fragments]) => {
      const vector = relationVectors.get(key) ?? null
      return relationState(first(fragments, LIMITS.relation), vector)
    }),
  }
}

const LIMITS = {
  entity: DEFAULT_SETTINGS.maxSourceIdsPerEntity,
  relation: DEFAULT_SETTINGS.maxSourceIdsPerRelation,
}

function gathered(
  documents: readonly PlannedDocument[],
  { manualEntities, manualRelations }: Pick<PlannedGraph, 'manualEntities' | 'manualRelations'>,
) {
  const entities = new Map<string, StoredEntityFragment[]>()
  const relations = new Map<string, StoredRelationFragment[]>()
  for (const document of documents) {
    for (const chunk of document.chunks) {
      const origin = {
        documentId: document.id,
        filePath: document.filePath,
        chunkId: chunk.id,
        ordinal: chunk.ordinal,
        createdAt: document.createdAt,
      }
      for (const [position, entity] of chunk.entities.entries()) {
        push(entities, entity.name, { ...entity, ...origin, position })
      }
      for (const [position, relation] of chunk.relations.entries()) {
        const key = pairKey([relation.source, relation.target])
        push(relations, key, { ...relation, ...origin, position })
      }
    }
  }
  const alone = { documentId: NO_DOCUMENT, ordinal: 0, position: 0 }
  for (const { sourceId, ...entity } of manualEntities) {
    push(entities, entity.name, { ...entity, ...alone, chunkId: sourceId })
  }
  for (const { sourceId, ...relation } of manualRelations) {
    const key = pairKey([relation.source, relation.target])
    push(relations, key, { ...relation, ...alone, chunkId: sourceId })
  }
  return { entities, relations }
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}

function first<T extends Parameters<typeof byOrigin>[0]>(fragments: T[], limit: number): T[] {
  return fragments.sort(byOrigin).slice(0, limit)
}

function limitsOf(sourceIds: number): SourceLimits {
  const { maxFilePaths: filePaths, maxDescriptions: descriptions } = DEFAULT_SETTINGS
  return { sourceIds, filePaths, descriptions }
}

function entityState(
  name: string,
  fragments: readonly StoredEntityFragment[],
  vector: Float32Array | null,
): EntityState {
  const { descriptions, ...merged } = mergeEntity(name, fragments, limitsOf(LIMITS.entity))
  const state = { ...merged, description: descriptions.join(SEPARATOR) }
  return { ...state, tokens: tokenCount(entityLine(state)), vector }
}

function relationState(
  fragments: readonly StoredRelationFragment[],
  vector: Float32Array | null,
): RelationState {
  const [{ source, target } = { source: '', target: '' }] = fragments
  const limits = limitsOf(LIMITS.relation)
  const { descriptions, ...merged } = mergeRelation([source, target], fragments, limits)
  const state = { ...merged, description: descriptions.join(SEPARATOR) }
  return { ...state, tokens: tokenCount(relationLine(state)), vector }
}
