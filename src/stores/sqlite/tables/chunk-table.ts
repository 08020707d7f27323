import type { NewChunk } from '../../../engine/ports/change.ts'
import type {
  ChunkOfOutline,
  ChunkPlace,
  DocumentChunk,
} from '../../../engine/ports/document-store.ts'
import type { Key, StoredChunk } from '../../../engine/ports/stored-rows.ts'
import { type Connection, LIMIT } from '../database/connection.ts'
import { type Generation, NEVER, visible } from '../database/visibility.ts'
import { outlineOf, storedOutline } from './stored-outline.ts'

type Columns = readonly [
  key: Key,
  id: string,
  documentId: string,
  filePath: string,
  ordinal: number,
  content: string,
  tokens: number,
  start: number,
  end: number,
  headings: string,
  page: number | null,
  outline: string | null,
]

const STAGE = `
  INSERT INTO chunks (id, document, ordinal, born, died, tokens, start, "end", page, error)
  VALUES (?, ?, ?, ?, ${NEVER}, ?, ?, ?, ?, ?)`

const READ = `
  SELECT c.label, c.id, d.id, d.file_path, c.ordinal, t.content, c.tokens, c.start, c."end", t.headings,
    c.page, t.outline
  FROM json_each(?) k CROSS JOIN chunks c ON c.label = k.value
    CROSS JOIN chunk_texts t ON t.chunk = c.label
    CROSS JOIN documents d ON d.seq = c.document
  WHERE ${visible('c')}`

const LISTED = `
  SELECT c.id, c.ordinal, t.content, c.tokens, c.start, c."end", t.headings, c.page, c.error
  FROM chunks c JOIN chunk_texts t ON t.chunk = c.label`

/** As it stands in the table. */
export interface OutlinedChunk {
  readonly ordinal: number
  readonly start: number
  readonly page: number | null
  readonly outline: string | null
}

/** Chunks and their texts. A chunk's vector id is its key. */
export class ChunkTable {
  readonly #connection: Connection
  readonly #generation: Generation

  constructor(connection: Connection, generation: Generation) {
    this.#connection = connection
    this.#generation = generation
  }

  /** Writes a chunk for the next generation. @param document the row id of its document */
  stage(chunk: NewChunk, document: number): Key {
    const vectorId = this.#connection.insert(
      STAGE,
      chunk.id,
      document,
      chunk.ordinal,
      this.#generation.current + 1,
      chunk.tokens,
      chunk.start,
      chunk.end,
      chunk.page,
      chunk.error,
    )
    this.#connection.run(
      'INSERT INTO chunk_texts (chunk, content, headings, outline) VALUES (?, ?, ?, ?)',
      vectorId,
      chunk.content,
      JSON.stringify(chunk.headings),
      storedOutline(chunk.outline),
    )
    return vectorId
  }

  remove(vectorId: number): void {
    this.#connection.run('DELETE FROM chunk_texts WHERE chunk = ?', vectorId)
    this.#connection.run('DELETE FROM chunks WHERE label = ?', vectorId)
  }

  /** The visible ones of these keys, in any order. */
  read(keys: readonly Key[]): StoredChunk[] {
    const { current } = this.#generation
    const rows = this.#connection.rows<Columns>(READ, JSON.stringify(keys), current, current)
    return rows.map(rowOf)
  }

  /** Keys of the visible chunks of these ids; of several of one id the oldest. */
  keys(ids: readonly string[]): Map<string, Key> {
    const rows = this.#connection.all<{ readonly id: string; readonly key: Key }>(
      `SELECT c.id, min(c.label) AS key FROM json_each(?) k CROSS JOIN chunks c ON c.id = k.value
       WHERE ${visible('c')} GROUP BY k.key ORDER BY k.key`,
      JSON.stringify(ids),
      this.#generation.current,
      this.#generation.current,
    )
    return new Map(rows.map(({ id, key }) => [id, key]))
  }

  /** Of which documents the visible chunks of these ids are; of several of one id that of the oldest. */
  documents(ids: readonly string[]): (readonly [chunkId: string, documentId: string])[] {
    const { current } = this.#generation
    return this.#connection.rows(
      `SELECT c.id, d.id, min(c.label) FROM json_each(?) k CROSS JOIN chunks c ON c.id = k.value
         CROSS JOIN documents d ON d.seq = c.document
       WHERE ${visible('c')} GROUP BY k.key`,
      JSON.stringify(ids),
      current,
      current,
    )
  }

  /** Where the visible chunks of these ids stand, in their order; of several of one id the oldest. */
  places(ids: readonly string[]): ChunkPlace[] {
    const { current } = this.#generation
    return this.#connection.all(
      `SELECT c.id AS chunkId, d.id AS documentId, d.file_path AS filePath, c.ordinal, c.start,
         c."end", c.page, min(c.label)
       FROM json_each(?) k CROSS JOIN chunks c ON c.id = k.value
         CROSS JOIN documents d ON d.seq = c.document
       WHERE ${visible('c')} GROUP BY k.key ORDER BY k.key`,
      JSON.stringify(ids),
      current,
      current,
    )
  }

  /** Row id of the document of a chunk, visible or not. */
  documentOf(key: Key): number | null {
    const sql = 'SELECT document FROM chunks WHERE label = ?'
    return this.#connection.get<{ document: number }>(sql, key)?.document ?? null
  }

  /** A page of the visible chunks of a document, by ordinal, and how many there are in all. */
  list(
    document: number,
    page: { readonly onlySetAside: boolean; readonly offset: number; readonly limit: number },
  ): { chunks: DocumentChunk[]; total: number } {
    const { current } = this.#generation
    const wanted = page.onlySetAside ? 'AND c.error IS NOT NULL' : ''
    const where = `c.document = ? AND ${visible('c')} ${wanted}`
    const count = this.#connection.get<{ total: number }>(
      `SELECT count(*) AS total FROM chunks c WHERE ${where}`,
      document,
      current,
      current,
    )
    const rows = this.#connection.all<Omit<DocumentChunk, 'headings'> & { headings: string }>(
      `${LISTED} WHERE ${where} ORDER BY c.ordinal ${LIMIT} OFFSET ?`,
      document,
      current,
      current,
      page.limit,
      page.offset,
    )
    return { chunks: rows.map(listed), total: count?.total ?? 0 }
  }

  /** Row id of the document and ordinal of a visible chunk; of several of one id those of the oldest. */
  placeOf(id: string): { readonly document: number; readonly ordinal: number } | null {
    const { current } = this.#generation
    const sql = `SELECT c.document, c.ordinal FROM chunks c
      WHERE c.id = ? AND ${visible('c')} ORDER BY c.label LIMIT 1`
    return this.#connection.get(sql, id, current, current) ?? null
  }

  /** The visible chunks of a document from one ordinal to another, both included, by ordinal. */
  between(document: number, first: number, last: number): DocumentChunk[] {
    const { current } = this.#generation
    return this.#connection
      .all<Omit<DocumentChunk, 'headings'> & { headings: string }>(
        `${LISTED} WHERE c.document = ? AND c.ordinal BETWEEN ? AND ? AND ${visible('c')}
         ORDER BY c.ordinal`,
        document,
        first,
        last,
        current,
        current,
      )
      .map(listed)
  }

  /** What is known of the inside of the visible chunks behind an ordinal that touch a part of the text. */
  outlinesAfter(
    document: number,
    part: { readonly ordinal: number; readonly from: number; readonly to: number },
    limit: number,
  ): OutlinedChunk[] {
    const { current } = this.#generation
    return this.#connection.all(
      `SELECT c.ordinal, c.start, c.page, t.outline
       FROM chunks c CROSS JOIN chunk_texts t ON t.chunk = c.label
       WHERE c.document = ? AND c.ordinal > ? AND ${visible('c')} AND c.start < ? AND c."end" > ?
       ORDER BY c.ordinal ${LIMIT}`,
      document,
      part.ordinal,
      current,
      current,
      part.to,
      part.from,
      limit,
    )
  }

  /** Documents with visible chunks of which no outline was made. */
  withoutOutlines(limit: number): string[] {
    const { current } = this.#generation
    return this.#connection
      .all<{ id: string }>(
        `SELECT DISTINCT d.id FROM chunk_texts t CROSS JOIN chunks c ON c.label = t.chunk
           CROSS JOIN documents d ON d.seq = c.document
         WHERE t.outline IS NULL AND ${visible('c')} ${LIMIT}`,
        current,
        current,
        limit,
      )
      .map(({ id }) => id)
  }

  /** @param document row id; its visible chunks that are not named have none for good */
  setOutlines(document: number, outlines: readonly ChunkOfOutline[]): void {
    const made = new Map(outlines.map((one) => [one.ordinal, one]))
    const { current } = this.#generation
    const chunks = this.#connection.all<{ key: Key; ordinal: number }>(
      `SELECT c.label AS key, c.ordinal FROM chunks c WHERE c.document = ? AND ${visible('c')}`,
      document,
      current,
      current,
    )
    for (const { key, ordinal } of chunks) {
      const { outline = null, page } = made.get(ordinal) ?? {}
      const stored = storedOutline(outline)
      this.#connection.run('UPDATE chunk_texts SET outline = ? WHERE chunk = ?', stored, key)
      if (page !== undefined) {
        this.#connection.run('UPDATE chunks SET page = ? WHERE label = ?', page, key)
      }
    }
  }

  /** Keys of the visible chunks of a document, by ordinal. */
  keysOf(document: number): Key[] {
    return this.#connection
      .all<{ label: Key }>(
        `SELECT c.label FROM chunks c WHERE c.document = ? AND ${visible('c')} ORDER BY c.ordinal`,
        document,
        this.#generation.current,
        this.#generation.current,
      )
      .map((row) => row.label)
  }
}

function listed(
  row: Omit<DocumentChunk, 'headings'> & { readonly headings: string },
): DocumentChunk {
  return { ...row, headings: JSON.parse(row.headings) as string[] }
}

function rowOf([
  key,
  id,
  documentId,
  filePath,
  ordinal,
  content,
  tokens,
  start,
  end,
  storedHeadings,
  page,
  outline,
]: Columns): StoredChunk {
  const headings = JSON.parse(storedHeadings) as string[]
  return {
    key,
    id,
    documentId,
    filePath,
    ordinal,
    content,
    tokens,
    start,
    end,
    headings,
    page,
    outline: outlineOf(outline, headings),
  }
}
