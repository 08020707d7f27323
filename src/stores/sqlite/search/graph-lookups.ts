import type { RelationTie } from '../../../engine/ports/searches.ts'
import type { Key } from '../../../engine/ports/stored-rows.ts'
import type { Connection } from '../database/connection.ts'
import { type Generation, visible } from '../database/visibility.ts'
import { relationTie, type TieColumns } from '../tables/graph/relation-table.ts'

type End = 'source' | 'target'
const ENDS: readonly End[] = ['source', 'target']

/** Answers what the working graph answers, from the tables: enough for a few questions. */
export class GraphLookups {
  readonly #connection: Connection
  readonly #generation: Generation

  constructor(connection: Connection, generation: Generation) {
    this.#connection = connection
    this.#generation = generation
  }

  /** Number of visible relations of each entity. */
  degrees(entities: readonly Key[]): number[] {
    const sums = new Map<Key, number>()
    for (const end of ENDS) {
      for (const { entity, n } of this.#counts(end, entities)) {
        sums.set(entity, (sums.get(entity) ?? 0) + n)
      }
    }
    return entities.map((entity) => sums.get(entity) ?? 0)
  }

  /** Visible relations that touch these entities; one between two of them may come twice. */
  ties(entities: readonly Key[]): RelationTie[] {
    return ENDS.flatMap((end) => this.#ties(end, entities))
  }

  /** How many entities and relations there are. */
  size(): number {
    const sql = 'SELECT entities + relations AS size FROM workspace'
    return this.#connection.get<{ size: number }>(sql)?.size ?? 0
  }

  #counts(end: End, entities: readonly Key[]): { readonly entity: Key; readonly n: number }[] {
    const { current } = this.#generation
    return this.#connection.all(
      `SELECT k.value AS entity, count(*) AS n
       FROM json_each(?) k CROSS JOIN relation_pairs p ON p.${end} = k.value
         CROSS JOIN relations r ON r.pair = p.id
       WHERE ${visible('r')} GROUP BY k.key`,
      JSON.stringify([...new Set(entities)]),
      current,
      current,
    )
  }

  #ties(end: End, entities: readonly Key[]): RelationTie[] {
    const { current } = this.#generation
    return this.#connection
      .rows<TieColumns>(
        `SELECT r.pair, p.source, p.target, r.weight
         FROM json_each(?) k CROSS JOIN relation_pairs p ON p.${end} = k.value
           CROSS JOIN relations r ON r.pair = p.id
         WHERE ${visible('r')}`,
        JSON.stringify(entities),
        current,
        current,
      )
      .map(relationTie)
  }
}
