import { EngineError } from '../../ports/engine-error.ts'
import type { RelationTie, Searches } from '../../ports/searches.ts'
import type { Key } from '../../ports/stored-rows.ts'
import { yieldAheadIfDue } from '../../work/turns.ts'
import type { Neighbours, NeighboursQuery } from '../graph-calls.ts'
import { knownEntity, noEntity } from '../item-name.ts'
import { type GraphViewParts, shownItems, visibleGraph } from './shown-items.ts'

const PAGE = 50
const LARGEST_PAGE = 200
/** Types looked up at a time. */
const HEADS_AT_ONCE = 1000

/** Where a neighbour stands: the weight of its relation, and the key of that. */
type Place = readonly [weight: number, key: Key]

/**
 * A page of what an entity is tied to, heaviest relations first. The work grows with the number of its
 * relations, in slices; texts are read of the page alone.
 *
 * @throws {EngineError} `entity_not_found`, `invalid_argument`
 */
export async function neighbours(
  parts: GraphViewParts,
  query: NeighboursQuery,
): Promise<Neighbours> {
  const { searches, told } = await visibleGraph(parts)
  const known = await knownEntity(searches, query.name)
  if (known === null) throw noEntity(query.name)
  const { name, key: own } = known
  const after = query.cursor === undefined ? null : placeIn(query.cursor)
  const limit = Math.min(query.limit ?? PAGE, LARGEST_PAGE)
  const otherOf = ({ source, target }: RelationTie) => (source === own ? target : source)
  const all = await ofTypes(searches, await searches.relationsOf([own]), otherOf, query.types)
  await yieldAheadIfDue()
  const sorted = [...all].sort(byWeight)
  const from = after === null ? 0 : sorted.findIndex((tie) => isBehind(tie, after))
  const page = from < 0 ? [] : sorted.slice(from, from + limit)
  const last = from >= 0 && from + limit < sorted.length ? page.at(-1) : undefined
  const facts = await told({
    entities: await searches.entities(page.map(otherOf)),
    relations: await searches.relations(page.map(({ key }) => key)),
  })
  const shown = await shownItems(parts, facts)
  const entities = new Map(shown.entities.map((entity) => [entity.name, entity]))
  return {
    name,
    total: all.length,
    items: shown.relations.flatMap((relation) => {
      const entity = entities.get(relation.source === name ? relation.target : relation.source)
      return entity === undefined ? [] : [{ entity, relation }]
    }),
    next_cursor: last === undefined ? null : cursorAt([last.weight, last.key]),
  }
}

async function ofTypes(
  searches: Pick<Searches, 'entityHeads'>,
  ties: readonly RelationTie[],
  otherOf: (tie: RelationTie) => Key,
  types: readonly string[] | undefined,
): Promise<readonly RelationTie[]> {
  if (types === undefined || types.length === 0) return ties
  const wanted = new Set(types.map((type) => type.toLowerCase()))
  const fitting = new Set<Key>()
  for (let at = 0; at < ties.length; at += HEADS_AT_ONCE) {
    const heads = await searches.entityHeads(ties.slice(at, at + HEADS_AT_ONCE).map(otherOf))
    for (const { key, type } of heads) if (wanted.has(type.toLowerCase())) fitting.add(key)
    await yieldAheadIfDue()
  }
  return ties.filter((tie) => fitting.has(otherOf(tie)))
}

function byWeight(a: RelationTie, b: RelationTie): number {
  return b.weight - a.weight || a.key - b.key
}

function isBehind({ weight, key }: RelationTie, [last, lastKey]: Place): boolean {
  return weight < last || (weight === last && key > lastKey)
}

function cursorAt(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

function placeIn(cursor: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    const [weight, key] = Array.isArray(place) ? (place as unknown[]) : []
    if (typeof weight === 'number' && typeof key === 'number') return [weight, key]
  } catch {
    throw unknownCursor()
  }
  throw unknownCursor()
}

function unknownCursor(): EngineError {
  const message = 'The cursor is none that this server gave out; begin without one.'
  return new EngineError('invalid_argument', message)
}
