import type { Hit, Key } from '../../engine/store.ts'
import type { Connection, Value } from './connection.ts'
import { allWordsQuery, fullTextQuery } from './full-text-query.ts'
import { CHUNK_TEXTS, ENTITY_NAMES, type FullTextNames, RELATION_TEXTS } from './full-text-table.ts'
import { type Generation, visible } from './visibility.ts'

/** Searches of the full-text indexes, of visible rows only. Any text is safe. */
export class FullTextSearch {
  readonly #connection: Connection
  readonly #generation: Generation

  constructor(connection: Connection, generation: Generation) {
    this.#connection = connection
    this.#generation = generation
  }

  /** @param documents their row ids; null for all */
  chunks(text: string, limit: number, documents: readonly number[] | null): Hit[] {
    const filter = documents === null ? 'TRUE' : 'r.document IN (SELECT value FROM json_each(?))'
    return this.#best(
      `SELECT i.rowid AS key, ${score(CHUNK_TEXTS)} AS score
       FROM chunk_index i JOIN chunks r ON r.label = i.rowid
       WHERE chunk_index MATCH ? AND ${visible('r')} AND ${filter}
       ORDER BY score DESC, key LIMIT ?`,
      fullTextQuery(text),
      limit,
      documents === null ? [] : [JSON.stringify(documents)],
    )
  }

  /** Entities whose name has some of the words. */
  entities(text: string, limit: number): Hit[] {
    return this.#best(ENTITIES, fullTextQuery(text), limit)
  }

  /** Entities whose name has all of the words. */
  entitiesWithAll(words: readonly string[], limit: number): Hit[] {
    return this.#best(ENTITIES, allWordsQuery(words), limit)
  }

  /** Chunks by the best of their relations. */
  relations(text: string, limit: number): Hit[] {
    // Materialised, because a score cannot be taken within a grouping.
    return this.#best(
      `WITH found AS MATERIALIZED (
         SELECT rowid AS id, ${score(RELATION_TEXTS)} AS score
         FROM relation_index WHERE relation_index MATCH ?
       )
       SELECT f.chunk AS key, max(found.score) AS score
       FROM found JOIN relation_fragments f ON f.id = found.id
         JOIN chunks c ON c.label = f.chunk
       WHERE ${visible('c')} GROUP BY f.chunk ORDER BY score DESC, key LIMIT ?`,
      fullTextQuery(text),
      limit,
    )
  }

  #best(sql: string, query: string | null, limit: number, values: readonly Value[] = []): Hit[] {
    if (query === null || limit <= 0) return []
    const { current } = this.#generation
    return this.#connection.all<{ key: Key; score: number }>(
      sql,
      query,
      current,
      current,
      ...values,
      limit,
    )
  }
}

const ENTITIES = `
  SELECT i.rowid AS key, ${score(ENTITY_NAMES)} AS score
  FROM entity_index i JOIN entities r ON r.entity = i.rowid
  WHERE entity_index MATCH ? AND ${visible('r')} ORDER BY score DESC, key LIMIT ?`

function score({ index, columns }: FullTextNames): string {
  return `-bm25(${index}, ${Object.values(columns).join(', ')})`
}
