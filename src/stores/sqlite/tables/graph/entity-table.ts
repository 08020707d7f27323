import type { EntityState } from '../../../../engine/ports/change.ts'
import type { EntityHead, NamedEntity } from '../../../../engine/ports/searches.ts'
import type { Key, StoredEntity } from '../../../../engine/ports/stored-rows.ts'
import { type Connection, LIMIT } from '../../database/connection.ts'
import { type Generation, NEVER, visible } from '../../database/visibility.ts'
import { GraphTable } from './graph-table.ts'

/** An entity as its own table has it. */
export type EntityRow = Omit<StoredEntity, 'degree'>
type Columns = readonly [
  key: Key,
  name: string,
  type: string,
  description: string,
  sourceIds: string,
  filePaths: string,
  createdAt: number,
  tokens: number,
  owed: number,
]

// Made once: a text that is put together anew at each call costs as much as a small statement.
const STAGE = `INSERT INTO entities (entity, born, died, owed, type, description, source_ids, file_paths,
    spread, created_at, tokens)
  VALUES (?, ?, ${NEVER}, ?, ?, ?, ?, ?, ?, ?, ?)`
const READ = `SELECT e.entity, n.name, e.type, e.description, e.source_ids, e.file_paths, e.created_at,
    e.tokens, e.owed
  FROM json_each(?) k CROSS JOIN entities e ON e.entity = k.value
    CROSS JOIN entity_names n ON n.id = e.entity
  WHERE ${visible('e')}`
const HEADS = `SELECT e.entity, n.name, e.type
  FROM json_each(?) k CROSS JOIN entities e ON e.entity = k.value
    CROSS JOIN entity_names n ON n.id = e.entity
  WHERE ${visible('e')} ORDER BY k.key`
const WITH_NAME_KEYS = `SELECT n.id, n.name_key, e.spread
  FROM json_each(?) k CROSS JOIN entity_names n ON n.name_key = k.value
    CROSS JOIN entities e ON e.entity = n.id
  WHERE ${visible('e')} ORDER BY k.key, n.id`

/** What entities are, a row for each version. */
export class EntityTable extends GraphTable {
  constructor(connection: Connection, generation: Generation) {
    super(connection, generation, 'entities', 'entity')
  }

  /** Writes a version for the next generation, its vector pending or about to be written. */
  stage(key: Key, state: EntityState, isPending: boolean): number {
    return this.connection.insert(
      STAGE,
      key,
      this.generation.current + 1,
      isPending ? 1 : 0,
      state.type,
      state.description,
      JSON.stringify(state.sourceIds),
      JSON.stringify(state.filePaths),
      state.sourceIds.length,
      state.createdAt,
      state.tokens,
    )
  }

  /** The visible ones of these keys, in any order. */
  read(keys: readonly Key[]): EntityRow[] {
    const { current } = this.generation
    const rows = this.connection.rows<Columns>(READ, JSON.stringify(keys), current, current)
    return rows.map(rowOf)
  }

  /** Names of the visible ones of these keys, in their order. */
  namesOf(keys: readonly Key[]): string[] {
    return this.connection
      .all<{ name: string }>(
        `SELECT n.name FROM json_each(?) k CROSS JOIN entities e ON e.entity = k.value
           CROSS JOIN entity_names n ON n.id = e.entity
         WHERE ${visible('e')} ORDER BY k.key`,
        JSON.stringify(keys),
        this.generation.current,
        this.generation.current,
      )
      .map((row) => row.name)
  }

  /** Names and types of the visible ones of these keys, in their order. */
  heads(keys: readonly Key[]): EntityHead[] {
    const { current } = this.generation
    return this.connection
      .rows<readonly [Key, string, string]>(HEADS, JSON.stringify(keys), current, current)
      .map(([key, name, type]) => ({ key, name, type }))
  }

  /** Visible entities of these name keys. */
  withNameKeys(nameKeys: readonly string[]): NamedEntity[] {
    const { current } = this.generation
    return this.connection
      .rows<[key: Key, nameKey: string, spread: number]>(
        WITH_NAME_KEYS,
        JSON.stringify(nameKeys),
        current,
        current,
      )
      .map(([key, nameKey, spread]) => ({ key, nameKey, spread }))
  }

  named(key: Key): NamedEntity | null {
    return (
      this.connection.get<NamedEntity>(
        `SELECT n.id AS key, n.name_key AS nameKey, e.spread
         FROM entity_names n JOIN entities e ON e.entity = n.id
         WHERE n.id = ? AND ${visible('e')}`,
        key,
        this.generation.current,
        this.generation.current,
      ) ?? null
    )
  }

  /** Visible names after a name, in code-point order. */
  names(after: string, limit: number): { readonly key: Key; readonly name: string }[] {
    return this.connection.all(
      `SELECT n.id AS key, n.name FROM entity_names n WHERE n.name > ?
           AND EXISTS (SELECT 1 FROM entities e WHERE e.entity = n.id AND ${visible('e')})
         ORDER BY n.name ${LIMIT}`,
      after,
      this.generation.current,
      this.generation.current,
      limit,
    )
  }
}

function rowOf([
  key,
  name,
  type,
  description,
  sourceIds,
  filePaths,
  createdAt,
  tokens,
  isPending,
]: Columns): EntityRow {
  return {
    key,
    name,
    type,
    description,
    sourceIds: JSON.parse(sourceIds) as string[],
    filePaths: JSON.parse(filePaths) as string[],
    createdAt,
    tokens,
    embeddingPending: isPending === 1,
  }
}
