import {
  DOC_STATUSES,
  type DocStatus,
  type DocumentRecord,
  type ListDocuments,
} from '../../../engine/ports/document-record.ts'
import { type Connection, LIMIT } from '../database/connection.ts'
import { type DocumentRow, documentRecord } from './document-row.ts'

/** Reads of documents and their texts. */
export class DocumentTable {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  row(id: string): DocumentRow | null {
    return this.#connection.get<DocumentRow>('SELECT * FROM documents WHERE id = ?', id) ?? null
  }

  byId(id: string): DocumentRecord | null {
    const row = this.row(id)
    return row && documentRecord(row)
  }

  /** The oldest of them, where several share a path. */
  byPath(filePath: string): DocumentRecord | null {
    return this.#oldest('file_path', filePath)
  }

  byHash(contentHash: string): DocumentRecord | null {
    return this.#oldest('content_hash', contentHash)
  }

  byExternalId(externalId: string): DocumentRecord | null {
    return this.#oldest('external_id', externalId)
  }

  idsBy(names: {
    readonly externalIds: readonly string[]
    readonly filePaths: readonly string[]
  }): string[] {
    return this.#connection
      .all<{ id: string }>(
        `SELECT id FROM documents WHERE external_id IN (SELECT value FROM json_each(?))
           OR file_path IN (SELECT value FROM json_each(?)) ORDER BY seq`,
        JSON.stringify(names.externalIds),
        JSON.stringify(names.filePaths),
      )
      .map((row) => row.id)
  }

  byTrack(trackId: string): DocumentRecord[] {
    return this.#connection
      .all<DocumentRow>('SELECT * FROM documents WHERE track_id = ? ORDER BY seq', trackId)
      .map(documentRecord)
  }

  list(query: ListDocuments): { documents: DocumentRecord[]; total: number } {
    const where = query.statuses === null ? 'TRUE' : 'status IN (SELECT value FROM json_each(?))'
    const values = query.statuses === null ? [] : [JSON.stringify(query.statuses)]
    const direction = query.sortDirection === 'asc' ? 'ASC' : 'DESC'
    const order = query.sortField === 'id' ? '' : `${query.sortField} ${direction}, `
    const behind = query.sortDirection === 'asc' ? '>' : '<'
    const place = query.after ? ` AND (${query.sortField}, id) ${behind} (?, ?)` : ''
    const rows = this.#connection.all<DocumentRow>(
      `SELECT * FROM documents WHERE ${where}${place} ORDER BY ${order}id ${direction} ${LIMIT} OFFSET ?`,
      ...values,
      ...(query.after ? [query.after.value, query.after.id] : []),
      Math.max(0, query.limit),
      Math.max(0, query.offset),
    )
    return { documents: rows.map(documentRecord), total: this.#count(where, values) }
  }

  statusCounts(): Record<DocStatus, number> {
    const counts = Object.fromEntries(DOC_STATUSES.map((status) => [status, 0])) as Record<
      DocStatus,
      number
    >
    const rows = this.#connection.all<{ status: DocStatus; count: number }>(
      'SELECT status, count(*) AS count FROM documents GROUP BY status',
    )
    for (const row of rows) counts[row.status] = row.count
    return counts
  }

  count(): number {
    return this.#count('TRUE', [])
  }

  text(id: string): string | null {
    const row = this.#connection.get<{ text: string }>(
      `SELECT t.text FROM documents d JOIN document_texts t ON t.document = d.seq WHERE d.id = ?`,
      id,
    )
    return row?.text ?? null
  }

  #count(where: string, values: readonly string[]): number {
    const sql = `SELECT count(*) AS count FROM documents WHERE ${where}`
    return this.#connection.get<{ count: number }>(sql, ...values)?.count ?? 0
  }

  #oldest(
    column: 'file_path' | 'content_hash' | 'external_id',
    value: string,
  ): DocumentRecord | null {
    const sql = `SELECT * FROM documents WHERE ${column} = ? ORDER BY seq LIMIT 1`
    const row = this.#connection.get<DocumentRow>(sql, value)
    return row === undefined ? null : documentRecord(row)
  }
}
