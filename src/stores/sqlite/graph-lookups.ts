import type { Key, RelationTie } from '../../engine/store.ts'
import type { Connection } from './connection.ts'
import { type Generation, visible } from './visibility.ts'

/** Answers what the working graph answers, from the tables: enough for a few questions. */
export class GraphLookups {
  readonly #connection: Connection
  readonly #generation: Generation

  constructor(connection: Connection, generation: Generation) {
    this.#connection = connection
    this.#generation = generation
  }

  /** Number of visible relations of an entity. */
  degree(entity: Key): number {
    return this.#count('source', entity) + this.#count('target', entity)
  }

  /** Visible relations that touch an entity. */
  ties(entity: Key): RelationTie[] {
    return [...this.#ties('source', entity), ...this.#ties('target', entity)]
  }

  /** How many entities and relations there are. */
  size(): number {
    const sql = 'SELECT entities + relations AS size FROM workspace'
    return this.#connection.get<{ size: number }>(sql)?.size ?? 0
  }

  #count(end: 'source' | 'target', entity: Key): number {
    const { current } = this.#generation
    const row = this.#connection.get<{ n: number }>(
      `SELECT count(*) AS n FROM relation_pairs p JOIN relations r ON r.pair = p.id
       WHERE p.${end} = ? AND ${visible('r')}`,
      entity,
      current,
      current,
    )
    return row?.n ?? 0
  }

  #ties(end: 'source' | 'target', entity: Key): RelationTie[] {
    const { current } = this.#generation
    return this.#connection.all<RelationTie>(
      `SELECT r.pair AS key, p.source, p.target, r.weight
       FROM relation_pairs p JOIN relations r ON r.pair = p.id
       WHERE p.${end} = ? AND ${visible('r')}`,
      entity,
      current,
      current,
    )
  }
}
