import type { Change } from '../ports/change.ts'
import { EngineError } from '../ports/engine-error.ts'
import { type Pair, pairKey } from '../ports/pair.ts'
import type { Store } from '../ports/store.ts'

/** How much a graph may hold; null = without bound. */
export interface GraphBounds {
  readonly entities: number | null
  readonly relations: number | null
}

/**
 * Checks that a change leaves the graph within its bounds, or at least no larger than it was. The
 * graph lock must be held from here until the change is applied: it keeps the room.
 *
 * @throws {EngineError} `graph_full`
 */
export async function assertRoomFor(
  store: Store,
  bounds: GraphBounds | undefined,
  change: Change,
): Promise<void> {
  if (bounds === undefined || (bounds.entities === null && bounds.relations === null)) return
  const counts = await store.counts()
  const growth = {
    entities: await entityGrowth(store, change),
    relations: await relationGrowth(store, change),
  }
  for (const kind of ['entities', 'relations'] as const) {
    const [limit, there, more] = [bounds[kind], counts[kind], growth[kind]]
    if (limit === null || more <= 0 || there + more <= limit) continue
    const message = `There may be ${limit} ${kind} here; with this there would be ${there + more}.`
    throw new EngineError('graph_full', message, { details: { kind, limit, used: there } })
  }
}

async function entityGrowth(store: Store, { entities, deadEntities }: Change): Promise<number> {
  const names = entities.map(({ name }) => name)
  const there = await store.searches.entityKeys([...names, ...deadEntities])
  const fresh = names.filter((name) => !there.has(name))
  return fresh.length - deadEntities.filter((name) => there.has(name)).length
}

async function relationGrowth(store: Store, { relations, deadRelations }: Change): Promise<number> {
  const pairs = relations.map(({ source, target }): Pair => [source, target])
  const there = await store.searches.relationKeys([...pairs, ...deadRelations])
  const fresh = pairs.filter((pair) => !there.has(pairKey(pair)))
  return fresh.length - deadRelations.filter((pair) => there.has(pairKey(pair))).length
}
