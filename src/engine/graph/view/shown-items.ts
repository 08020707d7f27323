import type { EngineSettings } from '../../ports/settings.ts'
import type { Store } from '../../ports/store.ts'
import type { StoredEntity, StoredRelation } from '../../ports/stored-rows.ts'
import { firstDocuments } from '../../retrieve/first-documents.ts'
import { restate } from '../../retrieve/restate.ts'
import type { ShownEntity, ShownRelation } from '../graph-calls.ts'
import { originOf } from '../item-info.ts'

export interface GraphViewParts {
  readonly store: Pick<Store, 'graph' | 'searches' | 'documents'>
  readonly settings: EngineSettings
}

export interface GraphFacts {
  readonly entities: readonly StoredEntity[]
  readonly relations: readonly StoredRelation[]
}

/** What can be seen of the graph: of documents that are enabled. */
export async function visibleGraph({ store, settings }: GraphViewParts) {
  const within = await store.searches.within(null)
  return {
    searches: within ?? store.searches,
    /** The same as the visible documents tell it. */
    told: async (facts: GraphFacts): Promise<GraphFacts> =>
      within ? restate({ store, within, settings }, facts) : facts,
  }
}

/** The same in the words of the API. */
export async function shownItems(
  { store }: GraphViewParts,
  { entities, relations }: GraphFacts,
): Promise<{ entities: ShownEntity[]; relations: ShownRelation[] }> {
  const documentOf = await firstDocuments(store, [...entities, ...relations])
  return {
    entities: entities.map((entity) => ({
      name: entity.name,
      type: entity.type,
      description: entity.description,
      degree: entity.degree,
      ...originOf(entity),
      document_id: documentOf(entity),
    })),
    relations: relations.map((relation) => ({
      source: relation.source,
      target: relation.target,
      keywords: relation.keywords,
      description: relation.description,
      weight: relation.weight,
      ...originOf(relation),
      document_id: documentOf(relation),
    })),
  }
}
