import { orderedPair, type Pair } from '../../../../engine/ports/pair.ts'
import type { Key } from '../../../../engine/ports/stored-rows.ts'
import type { Connection } from '../../database/connection.ts'
import type { EntityNames } from './entity-names.ts'

export interface PairRow {
  readonly key: Key
  readonly source: Key
  readonly target: Key
}

/** Pairs of entity names, in code-point order, and their keys. */
export class RelationPairs {
  readonly #connection: Connection
  readonly #names: EntityNames
  /** By both keys, what the change on its way has found or made; null when there is none. */
  #known: Map<string, PairRow> | null = null
  readonly #fresh = new Set<Key>()

  constructor(connection: Connection, names: EntityNames) {
    this.#connection = connection
    this.#names = names
  }

  find(pair: Pair): PairRow | null {
    const [first, second] = orderedPair(...pair)
    const source = this.#names.key(first)
    const target = this.#names.key(second)
    return source === null || target === null ? null : this.#find(source, target)
  }

  byKey(key: Key): PairRow | null {
    const sql = 'SELECT id AS key, source, target FROM relation_pairs WHERE id = ?'
    return this.#connection.get<PairRow>(sql, key) ?? null
  }

  /** See {@link EntityNames.startChange}. */
  startChange(): void {
    this.#known = new Map()
  }

  endChange(): void {
    this.#known = null
    this.#fresh.clear()
  }

  /** See {@link EntityNames.isFresh}. */
  isFresh(key: Key): boolean {
    return this.#fresh.delete(key)
  }

  ensure(pair: Pair): PairRow {
    const [first, second] = orderedPair(...pair)
    const source = this.#names.ensure(first)
    const target = this.#names.ensure(second)
    const id = `${source} ${target}`
    const row = this.#known?.get(id) ?? this.#before(source, target) ?? this.#add(source, target)
    this.#known?.set(id, row)
    return row
  }

  #add(source: Key, target: Key): PairRow {
    const sql = 'INSERT INTO relation_pairs (source, target) VALUES (?, ?)'
    const key = this.#connection.insert(sql, source, target)
    if (this.#known !== null) this.#fresh.add(key)
    return { key, source, target }
  }

  /** Forgets a pair that no version or fragment refers to, and its names if they are unused too. */
  dropUnused(key: Key): void {
    const pair = this.byKey(key)
    if (pair === null) return
    const dropped = this.#connection.run(
      `DELETE FROM relation_pairs WHERE id = ?
         AND NOT EXISTS (SELECT 1 FROM relations WHERE pair = ?)
         AND NOT EXISTS (SELECT 1 FROM relation_fragments WHERE pair = ?)`,
      key,
      key,
      key,
    )
    if (dropped === 0) return
    this.#names.dropUnused(pair.source)
    this.#names.dropUnused(pair.target)
  }

  /** One from before the change on its way; both its ends were there too. */
  #before(source: Key, target: Key): PairRow | null {
    const isNew = this.#names.isNew(source) || this.#names.isNew(target)
    return isNew ? null : this.#find(source, target)
  }

  #find(source: Key, target: Key): PairRow | null {
    return (
      this.#connection.get<PairRow>(
        `SELECT id AS key, source, target FROM relation_pairs WHERE source = ? AND target = ?`,
        source,
        target,
      ) ?? null
    )
  }
}
