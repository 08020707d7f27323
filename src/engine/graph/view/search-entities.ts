import type { FoundEntity } from '../graph-calls.ts'
import { searchEntityNames } from '../search-entity-names.ts'
import { type GraphViewParts, visibleGraph } from './shown-items.ts'

/** Of a description, in characters. */
const SNIPPET_LENGTH = 200

/** Entities whose names contain a text, best first, with what they are. */
export async function searchEntities(
  parts: GraphViewParts,
  text: string,
  limit: number,
): Promise<FoundEntity[]> {
  const { searches, told } = await visibleGraph(parts)
  const names = await searchEntityNames(await searches.entityNames(), text, limit)
  const keys = await searches.entityKeys(names)
  const found = await searches.entities(names.flatMap((name) => keys.get(name) ?? []))
  const { entities } = await told({ entities: found, relations: [] })
  return entities.map(({ name, type, degree, description }) => ({
    name,
    type,
    degree,
    snippet: [...description.slice(0, 2 * SNIPPET_LENGTH)].slice(0, SNIPPET_LENGTH).join(''),
  }))
}
