import type { EntityFragment, Extraction, RelationFragment } from '../ports/models.ts'
import { orderedPair, pairKey } from '../ports/pair.ts'

/** What a later look adds, and what it says at greater length than the first. */
export function mergeRecords(first: Extraction, later: Extraction): Extraction {
  return {
    entities: merged(first.entities, later.entities, (entity: EntityFragment) => entity.name),
    relations: merged(first.relations, later.relations, ({ source, target }: RelationFragment) =>
      pairKey(orderedPair(source, target)),
    ),
  }
}

export function countRecords({ entities, relations }: Extraction): number {
  return entities.length + relations.length
}

function merged<T extends { readonly description: string }>(
  first: readonly T[],
  later: readonly T[],
  keyOf: (row: T) => string,
): T[] {
  const rows = [...first]
  const placeOf = new Map<string, number>()
  for (const [place, row] of rows.entries()) {
    if (!placeOf.has(keyOf(row))) placeOf.set(keyOf(row), place)
  }
  for (const row of later) {
    const place = placeOf.get(keyOf(row))
    if (place === undefined) {
      placeOf.set(keyOf(row), rows.length)
      rows.push(row)
    } else if (row.description.length > (rows[place]?.description.length ?? 0)) {
      rows[place] = row
    }
  }
  return rows
}
