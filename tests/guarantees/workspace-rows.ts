import { join } from 'node:path'
import Database from 'better-sqlite3'

type Row = Readonly<Record<string, unknown>>

/** Name of an entity version, a pair, a chunk: what stands in the place of row ids. */
const PAIR = `(SELECT a.name || ' - ' || b.name FROM relation_pairs p
  JOIN entity_names a ON a.id = p.source JOIN entity_names b ON b.id = p.target WHERE p.id = %)`
const pairOf = (column: string) => PAIR.replace('%', column)
const nameOf = (column: string) => `(SELECT name FROM entity_names WHERE id = ${column})`
const chunkOf = (column: string) => `(SELECT id FROM chunks WHERE label = ${column})`
const documentOf = (column: string) => `(SELECT id FROM documents WHERE seq = ${column})`

const TABLES: Readonly<Record<string, string>> = {
  workspace: 'SELECT chunks, entities, relations, embedding_id, embedding_dimension FROM workspace',
  documents: `SELECT id, file_path, status, content_summary, content_length, content_hash,
    chunks_count, error_msg FROM documents`,
  document_texts: `SELECT ${documentOf('document')} AS document, text FROM document_texts`,
  scheduled_deletions: 'SELECT count(*) AS count FROM scheduled_deletions',
  dead_texts: 'SELECT count(*) AS count FROM dead_texts',
  chunks: `SELECT id, ${documentOf('document')} AS document, ordinal, tokens, start, "end", page,
    error FROM chunks WHERE label > 0`,
  chunk_texts: `SELECT ${chunkOf('chunk')} AS chunk, content, headings FROM chunk_texts`,
  chunk_vectors: `SELECT ${chunkOf('v.label')} AS chunk, hex(vector) AS vector
    FROM chunk_vectors v`,
  entity_fragments: `SELECT ${chunkOf('chunk')} AS chunk, ${nameOf('entity')} AS entity, rank,
    ${documentOf('document')} AS document, ordinal, position, named, type, description
    FROM entity_fragments`,
  relation_fragments: `SELECT ${chunkOf('chunk')} AS chunk, ${pairOf('pair')} AS pair, rank,
    ${documentOf('document')} AS document, ordinal, position, keywords, description, weight
    FROM relation_fragments`,
  entity_names: 'SELECT name, name_key FROM entity_names',
  relation_pairs: `SELECT ${pairOf('q.id')} AS pair FROM relation_pairs q`,
  entities: `SELECT ${nameOf('entity')} AS name, owed, type, description, source_ids, file_paths,
    spread, tokens FROM entities`,
  relations: `SELECT ${pairOf('pair')} AS pair, owed, keywords, description, weight, source_ids,
    file_paths, tokens FROM relations`,
  entity_vectors: `SELECT ${nameOf('e.entity')} AS name, hex(v.vector) AS vector
    FROM entity_vectors v LEFT JOIN entities e ON e.label = v.label`,
  relation_vectors: `SELECT ${pairOf('r.pair')} AS pair, hex(v.vector) AS vector
    FROM relation_vectors v LEFT JOIN relations r ON r.label = v.label`,
  chunk_words: `SELECT ${chunkOf('doc')} AS chunk, term, col, offset FROM temp.chunk_words`,
  entity_words: `SELECT ${nameOf('doc')} AS name, term, col, offset FROM temp.entity_words`,
  relation_words: `SELECT (SELECT ${chunkOf('f.chunk')} || ${pairOf('f.pair')}
    FROM relation_fragments f WHERE f.id = doc) AS fragment, term, col, offset
    FROM temp.relation_words`,
}

/**
 * Every row of a closed workspace but the model cache, dead rows and orphans included, with names in
 * the place of row ids, and without times.
 */
export function workspaceRows(dir: string): Record<string, string[]> {
  const database = new Database(join(dir, 'rag.db'), { readonly: true })
  try {
    for (const kind of ['chunk', 'entity', 'relation']) {
      database.exec(`CREATE VIRTUAL TABLE temp.${kind}_words
        USING fts5vocab(main, ${kind}_index, instance)`)
    }
    return Object.fromEntries(
      Object.entries(TABLES).map(([table, sql]) => {
        const rows = database.prepare<[], Row>(sql).all()
        return [table, rows.map((row) => JSON.stringify(row)).toSorted()]
      }),
    )
  } finally {
    database.close()
  }
}
