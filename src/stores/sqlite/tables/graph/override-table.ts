import type {
  EntityOverride,
  GraphEdit,
  Overrides,
  RelationOverride,
} from '../../../../engine/ports/graph-edit.ts'
import { type Pair, pairKey } from '../../../../engine/ports/pair.ts'
import { inSlices } from '../../../../vectors/slices.ts'
import type { Connection } from '../../database/connection.ts'

/** What persons said of entities and relations, by name. Only changes read it. */
export class OverrideTable {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async read(names: readonly string[], pairs: readonly Pair[]): Promise<Overrides> {
    const entities = new Map<string, EntityOverride>()
    const relations = new Map<string, RelationOverride>()
    const one = (name: string) => this.#entity(name)
    const other = (pair: Pair) => this.#relation(pair)
    await inSlices(
      (function* () {
        for (const name of names) {
          const override = one(name)
          if (override !== null) entities.set(name, override)
          yield
        }
        for (const pair of pairs) {
          const override = other(pair)
          if (override !== null) relations.set(pairKey(pair), override)
          yield
        }
      })(),
    )
    return { entities, relations }
  }

  /** Part of the transaction that publishes an edit. */
  write({ overrideEntities, overrideRelations }: GraphEdit): void {
    for (const { name, override } of overrideEntities) {
      this.#connection.run('DELETE FROM entity_overrides WHERE name = ?', name)
      if (override === null) continue
      const sql = 'INSERT INTO entity_overrides (name, override) VALUES (?, ?)'
      this.#connection.run(sql, name, JSON.stringify(override))
    }
    for (const { pair, override } of overrideRelations) {
      const [source, target] = pair
      const end = 'DELETE FROM relation_overrides WHERE source = ? AND target = ?'
      this.#connection.run(end, source, target)
      if (override === null) continue
      const sql = 'INSERT INTO relation_overrides (source, target, override) VALUES (?, ?, ?)'
      this.#connection.run(sql, source, target, JSON.stringify(override))
    }
  }

  /** Part of the transaction that clears everything. */
  forgetAll(): void {
    this.#connection.run('DELETE FROM entity_overrides')
    this.#connection.run('DELETE FROM relation_overrides')
  }

  #entity(name: string): EntityOverride | null {
    const sql = 'SELECT override FROM entity_overrides WHERE name = ?'
    const row = this.#connection.get<{ override: string }>(sql, name)
    return row === undefined ? null : (JSON.parse(row.override) as EntityOverride)
  }

  #relation([source, target]: Pair): RelationOverride | null {
    const sql = 'SELECT override FROM relation_overrides WHERE source = ? AND target = ?'
    const row = this.#connection.get<{ override: string }>(sql, source, target)
    return row === undefined ? null : (JSON.parse(row.override) as RelationOverride)
  }
}
