import type { RelationTie, Searches } from '../../ports/searches.ts'
import type { Key } from '../../ports/stored-rows.ts'
import { yieldAheadIfDue } from '../../work/turns.ts'
import type { FoundPaths, PathQuery } from '../graph-calls.ts'
import { knownEntity, noEntity } from '../item-name.ts'
import { type GraphViewParts, shownItems, visibleGraph } from './shown-items.ts'

const USUAL_LENGTH = 4
/** Entities that are looked at on the way. */
const MOST_VISITED = 20_000
const MOST_PATHS = 5
/** Ties read at a time. */
const ENTITIES_AT_ONCE = 500

/**
 * The shortest ways from one entity to another, those of the heaviest relations first.
 *
 * @throws {EngineError} `entity_not_found`
 */
export async function findPaths(parts: GraphViewParts, query: PathQuery): Promise<FoundPaths> {
  const { searches, told } = await visibleGraph(parts)
  const [from, to] = [await keyOf(searches, query.from), await keyOf(searches, query.to)]
  const walked = await walk(searches, from, to, query.max ?? USUAL_LENGTH)
  const ways = walked.isThere ? waysTo(walked.behind, from, to) : []
  const facts = await told({
    entities: await searches.entities([...new Set(ways.flatMap(({ nodes }) => nodes))]),
    relations: await searches.relations([
      ...new Set(ways.flatMap(({ ties }) => ties.map(({ key }) => key))),
    ]),
  })
  const shown = await shownItems(parts, facts)
  const nodes = new Map(facts.entities.map(({ key }, at) => [key, shown.entities[at]]))
  const edges = new Map(facts.relations.map(({ key }, at) => [key, shown.relations[at]]))
  return {
    paths: ways.map((way) => ({
      nodes: way.nodes.flatMap((key) => nodes.get(key) ?? []),
      edges: way.ties.flatMap(({ key }) => edges.get(key) ?? []),
    })),
    truncated: walked.truncated,
  }
}

async function keyOf(searches: Searches, given: string): Promise<Key> {
  const known = await knownEntity(searches, given)
  if (known === null) throw noEntity(given)
  return known.key
}

/** For each entity that was come to, the ties of the level before that lead to it. */
type Behind = ReadonlyMap<Key, readonly RelationTie[]>

interface Walked {
  readonly behind: Behind
  readonly isThere: boolean
  /** Whether there was more than is looked at. */
  readonly truncated: boolean
}

/** Level by level, until the other entity is among those of one. */
async function walk(searches: Searches, from: Key, to: Key, longest: number): Promise<Walked> {
  const behind = new Map<Key, readonly RelationTie[]>([[from, []]])
  let level: readonly Key[] = [from]
  for (let length = 0; !behind.has(to); length++) {
    if (length === longest || level.length === 0) {
      return { behind, isThere: false, truncated: level.length > 0 }
    }
    const next = await levelBehind(searches, level, behind)
    if (next === null) return { behind, isThere: false, truncated: true }
    for (const [key, ties] of next) behind.set(key, ties)
    level = [...next.keys()]
  }
  return { behind, isThere: true, truncated: false }
}

/** The entities next to a level that were not come to before; null where there are too many. */
async function levelBehind(
  searches: Pick<Searches, 'relationsOf'>,
  level: readonly Key[],
  behind: Behind,
): Promise<Map<Key, RelationTie[]> | null> {
  const next = new Map<Key, RelationTie[]>()
  for (let at = 0; at < level.length; at += ENTITIES_AT_ONCE) {
    const some = level.slice(at, at + ENTITIES_AT_ONCE)
    const here = new Set(some)
    for (const tie of await searches.relationsOf(some)) {
      await yieldAheadIfDue()
      for (const far of farEnds(tie, here)) if (!behind.has(far)) addTo(next, far, tie)
    }
    if (behind.size + next.size > MOST_VISITED) return null
  }
  return next
}

function farEnds({ source, target }: RelationTie, here: ReadonlySet<Key>): Key[] {
  return [...(here.has(source) ? [target] : []), ...(here.has(target) ? [source] : [])]
}

function addTo(next: Map<Key, RelationTie[]>, key: Key, tie: RelationTie): void {
  const ties = next.get(key)
  if (ties === undefined) next.set(key, [tie])
  else ties.push(tie)
}

interface Way {
  readonly nodes: readonly Key[]
  readonly ties: readonly RelationTie[]
  readonly weight: number
}

/** Back along the ties, the heaviest first, a few ways at a time. */
function waysTo(behind: Behind, from: Key, to: Key): Way[] {
  let ways: Way[] = [{ nodes: [to], ties: [], weight: 0 }]
  while (ways.some(({ nodes }) => nodes[0] !== from)) {
    ways = ways
      .flatMap((way) =>
        (behind.get(way.nodes[0] ?? to) ?? []).map((tie) => ({
          nodes: [tie.source === way.nodes[0] ? tie.target : tie.source, ...way.nodes],
          ties: [tie, ...way.ties],
          weight: way.weight + tie.weight,
        })),
      )
      .sort((a, b) => b.weight - a.weight)
      .slice(0, MOST_PATHS)
  }
  return ways
}
