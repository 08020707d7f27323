import { entityText, relationText } from '../../../engine/merge/item-texts.ts'
import { vectorBytes } from '../../../vectors/kernel/vector-values.ts'
import { type Connection, LIMIT } from '../database/connection.ts'
import type { Embedding } from '../database/embedding-mark.ts'
import { NO_CHUNK } from '../database/schema.ts'

export type Kind = 'chunk' | 'entity' | 'relation'
export const KINDS: readonly Kind[] = ['chunk', 'entity', 'relation']

/** Tables that a workspace has while it is being embedded again. */
export const REINDEX_TABLES = ['reindex_mark', ...KINDS.map((kind) => `reindex_${kind}_vectors`)]

/** A visible row that has no vector of the new embedding yet. */
export interface Unembedded {
  readonly vectorId: number
  readonly text: string
}

/** Visible rows of a kind, without and with what their text needs. */
const ROWS = {
  chunk: 'chunks r JOIN chunk_texts t ON t.chunk = r.label',
  entity: 'entities r JOIN entity_names n ON n.id = r.entity',
  relation: `relations r JOIN relation_pairs p ON p.id = r.pair
    JOIN entity_names s ON s.id = p.source JOIN entity_names t ON t.id = p.target`,
} as const
const FIELDS = {
  chunk: `t.content AS content, '' AS name, '' AS source, '' AS target, '' AS keywords,
    '' AS description`,
  entity: `'' AS content, n.name, '' AS source, '' AS target, '' AS keywords, r.description`,
  relation: `'' AS content, '' AS name, s.name AS source, t.name AS target, r.keywords,
    r.description`,
} as const
const VISIBLE = `r.born <= (SELECT generation FROM workspace)
  AND r.died > (SELECT generation FROM workspace) AND r.label <> ${NO_CHUNK}`

interface Fields {
  readonly vectorId: number
  readonly content: string
  readonly name: string
  readonly source: string
  readonly target: string
  readonly keywords: string
  readonly description: string
}

/**
 * A second set of vectors beside those in use, kept in the workspace's database until it is whole.
 * Vector ids and the texts behind them never change, so that it may be filled in any number of sittings,
 * with changes of the workspace in between.
 */
export class NewVectors {
  readonly #connection: Connection

  /** Begins, or goes on with what was begun for the same embedding. */
  constructor(connection: Connection, embedding: Embedding) {
    this.#connection = connection
    const mark = JSON.stringify([embedding.id, embedding.dimension])
    connection.durably(() => {
      connection.run('CREATE TABLE IF NOT EXISTS reindex_mark (mark TEXT NOT NULL)')
      const known = connection.get<{ mark: string }>('SELECT mark FROM reindex_mark')?.mark
      if (known === mark) return
      for (const kind of KINDS) {
        connection.run(`DROP TABLE IF EXISTS reindex_${kind}_vectors`)
        connection.run(vectorTable(connection, kind))
      }
      connection.run('DELETE FROM reindex_mark')
      connection.run('INSERT INTO reindex_mark (mark) VALUES (?)', mark)
    })
  }

  /** How many visible rows there are, and how many of them have their new vector. */
  progress(kind: Kind): { readonly done: number; readonly all: number } {
    const counted = this.#connection.get<{ done: number; all: number }>(
      `SELECT count(v.label) AS done, count(*) AS "all" FROM ${ROWS[kind]}
       LEFT JOIN reindex_${kind}_vectors v ON v.label = r.label WHERE ${VISIBLE}`,
    )
    return counted ?? { done: 0, all: 0 }
  }

  /** The next rows after a vector id that have none. */
  missing(kind: Kind, after: number, limit: number): Unembedded[] {
    const rows = this.#connection.all<Fields>(
      `SELECT r.label AS vectorId, ${FIELDS[kind]} FROM ${ROWS[kind]}
       WHERE r.label > ? AND ${VISIBLE}
         AND NOT EXISTS (SELECT 1 FROM reindex_${kind}_vectors v WHERE v.label = r.label)
       ORDER BY r.label ${LIMIT}`,
      after,
      limit,
    )
    return rows.map((row) => ({ vectorId: row.vectorId, text: textOf(kind, row) }))
  }

  /** Outlives this process at once; what a power cut takes is paid for again, and that is all. */
  put(kind: Kind, vectors: readonly { vectorId: number; vector: Float32Array }[]): void {
    this.#connection.relaxed(() => {
      for (const { vectorId, vector } of vectors) {
        this.#connection.run(
          `INSERT OR REPLACE INTO reindex_${kind}_vectors (label, vector) VALUES (?, ?)`,
          vectorId,
          vectorBytes(vector),
        )
      }
    })
  }

  /** Puts the new vectors in the place of the old ones, and the workspace under their mark. */
  swap(embedding: Embedding): void {
    this.#connection.durably(() => {
      for (const kind of KINDS) {
        this.#connection.run(`DROP TABLE ${kind}_vectors`)
        this.#connection.run(`ALTER TABLE reindex_${kind}_vectors RENAME TO ${kind}_vectors`)
      }
      for (const [kind, rows] of [
        ['chunk', 'chunks'],
        ['entity', 'entities'],
        ['relation', 'relations'],
      ] as const) {
        this.#connection.run(
          `DELETE FROM ${kind}_vectors WHERE label NOT IN (SELECT label FROM ${rows})`,
        )
        if (kind !== 'chunk') this.#connection.run(`UPDATE ${rows} SET owed = 0 WHERE owed = 1`)
      }
      this.#connection.run('DROP TABLE reindex_mark')
      this.#connection.run(
        `UPDATE workspace SET embedding_id = ?, embedding_dimension = ?,
           generation = generation + 1`,
        embedding.id,
        embedding.dimension,
      )
    })
  }
}

/** The statement that makes a table like that of the vectors in use. */
function vectorTable(connection: Connection, kind: Kind): string {
  const name = `${kind}_vectors`
  const known = connection.get<{ sql: string }>(
    'SELECT sql FROM sqlite_schema WHERE name = ?',
    name,
  )
  if (known === undefined) throw new Error(`there is no table ${name}`)
  return known.sql.replace(name, `reindex_${name}`)
}

function textOf(kind: Kind, row: Fields): string {
  if (kind === 'chunk') return row.content
  return kind === 'entity' ? entityText(row) : relationText(row)
}
