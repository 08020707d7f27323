import type { NewEntityFragment, NewRelationFragment } from '../ports/change.ts'
import type { EntityFragment, Extraction } from '../ports/models.ts'
import { orderedPair, pairKey } from '../ports/pair.ts'
import { nameKey } from '../text/name-key.ts'

/**
 * What one chunk says, in a form that merges: one fragment a name, one a pair, pairs ordered, no
 * loops, and a fragment for every end of a relation, so that the graph has no edge without nodes.
 *
 * @param headings the title of the document and what else stands above the chunk
 */
export function chunkFragments(
  extraction: Extraction,
  headings: readonly string[],
): {
  entities: NewEntityFragment[]
  relations: NewRelationFragment[]
} {
  const entities = new Map<string, EntityFragment>()
  for (const entity of extraction.entities) {
    const known = entities.get(entity.name)
    // The fuller of two descriptions of one chunk is kept.
    if (!known || entity.description.length > known.description.length) {
      entities.set(entity.name, entity)
    }
  }
  const relations = new Map<string, NewRelationFragment>()
  for (const relation of extraction.relations) {
    if (relation.source === relation.target) continue
    const [source, target] = orderedPair(relation.source, relation.target)
    const key = pairKey([source, target])
    const known = relations.get(key)
    if (!known || relation.description.length > known.description.length) {
      relations.set(key, { ...relation, source, target })
    }
  }
  for (const { source, target, description } of relations.values()) {
    for (const name of [source, target]) {
      if (!entities.has(name)) entities.set(name, { name, type: 'unknown', description })
    }
  }
  const titles = new Set(headings.map(nameKey))
  const named = [...entities.values()].map((entity) => ({
    ...entity,
    named: titles.has(nameKey(entity.name)),
  }))
  return { entities: named, relations: [...relations.values()] }
}
