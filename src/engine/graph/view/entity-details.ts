import type { EntityDetails } from '../graph-calls.ts'
import { knownEntity, noEntity } from '../item-name.ts'
import { type GraphViewParts, shownItems, visibleGraph } from './shown-items.ts'

/** Passages that are shown of an entity. */
const MOST_SOURCES = 100

/**
 * An entity with the passages that speak of it.
 *
 * @throws {EngineError} `entity_not_found`
 */
export async function entityDetails(parts: GraphViewParts, given: string): Promise<EntityDetails> {
  const { searches, told } = await visibleGraph(parts)
  const known = await knownEntity(searches, given)
  if (known === null) throw noEntity(given)
  const facts = await told({ entities: await searches.entities([known.key]), relations: [] })
  const [entity] = facts.entities
  const [shown] = (await shownItems(parts, facts)).entities
  if (entity === undefined || shown === undefined) throw noEntity(given)
  const { documents, graph } = parts.store
  const places = await documents.placesOfChunks(entity.sourceIds.slice(0, MOST_SOURCES))
  const { entities: overrides } = await graph.overrides([entity.name], [])
  return {
    ...shown,
    sources: places.map(({ chunkId, documentId, filePath, ordinal, start, end, page }) => ({
      document_id: documentId,
      file_path: filePath,
      chunk_id: chunkId,
      ordinal,
      start,
      end,
      page,
    })),
    sources_total: entity.sourceIds.length,
    edited_fields: Object.keys(overrides.get(entity.name) ?? {}).sort(),
  }
}
