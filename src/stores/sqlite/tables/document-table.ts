import {
  DOC_STATUSES,
  type DocStatus,
  type DocumentFacets,
  type DocumentRecord,
  type ListDocuments,
} from '../../../engine/ports/document-record.ts'
import { yieldAheadIfDue } from '../../../engine/work/turns.ts'
import { batches, inBatches } from '../../../vectors/slices.ts'
import { type Connection, LIMIT } from '../database/connection.ts'
import type { ArrivingDocuments } from './arriving-documents.ts'
import { type DocumentRow, documentRecord } from './document-row.ts'
import { DocumentWalk } from './document-walk.ts'

/** Takes 3 ms at most. */
const ROWS_AT_ONCE = 100
const NAMES_AT_ONCE = 200

/** Reads of documents and their texts. Those that are still on their way are not there. */
export class DocumentTable {
  readonly #connection: Connection
  readonly #arriving: ArrivingDocuments

  constructor(connection: Connection, arriving: ArrivingDocuments) {
    this.#connection = connection
    this.#arriving = arriving
  }

  row(id: string): DocumentRow | null {
    const sql = `SELECT * FROM documents WHERE id = ?${this.#arriving.excluded}`
    return this.#connection.get<DocumentRow>(sql, id) ?? null
  }

  /** The row of a chunk's document; one that has chunks has arrived. */
  bySeq(seq: number): DocumentRow | null {
    return this.#connection.get<DocumentRow>('SELECT * FROM documents WHERE seq = ?', seq) ?? null
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

  byFileHash(fileHash: string): DocumentRecord | null {
    return this.#oldest('file_hash', fileHash)
  }

  byExternalId(externalId: string): DocumentRecord | null {
    return this.#oldest('external_id', externalId)
  }

  async idsBy(names: {
    readonly externalIds: readonly string[]
    readonly filePaths: readonly string[]
  }): Promise<string[]> {
    const found = new Map<number, string>()
    for (const [column, named] of [
      ['external_id', names.externalIds],
      ['file_path', names.filePaths],
    ] as const) {
      const sql = `SELECT seq, id FROM documents WHERE ${column} IN (SELECT value FROM json_each(?))`
      for (const some of batches(named, NAMES_AT_ONCE)) {
        const rows = this.#connection.all<{ seq: number; id: string }>(sql, JSON.stringify(some))
        for (const { seq, id } of rows) found.set(seq, id)
        await yieldAheadIfDue()
      }
    }
    return [...found].sort(([one], [other]) => one - other).map(([, id]) => id)
  }

  /** Some at a time, since one request may have brought very many. */
  async byTrack(trackId: string): Promise<DocumentRecord[]> {
    const records: DocumentRecord[] = []
    for (let last: number | undefined = 0; last !== undefined; ) {
      const where = `track_id = ? AND seq > ?${this.#arriving.excluded}`
      const sql = `SELECT * FROM documents WHERE ${where} ORDER BY seq ${LIMIT}`
      const rows: DocumentRow[] = this.#connection.all(sql, trackId, last, ROWS_AT_ONCE)
      for (const row of rows) records.push(documentRecord(row))
      last = rows.at(-1)?.seq
      await yieldAheadIfDue()
    }
    return records
  }

  /**
   * Some rows at a time; with a filter by a walk along all. What changes its place meanwhile is told
   * once, or not at all.
   */
  async list(query: ListDocuments): Promise<{ documents: DocumentRecord[]; total: number }> {
    if (query.filter) return this.#filtered(query)
    const documents = new Map<string, DocumentRecord>()
    let { after, offset } = query
    for (let left = query.limit; left > 0; left -= ROWS_AT_ONCE) {
      const limit = Math.min(left, ROWS_AT_ONCE)
      const page = this.#page({ ...query, after, offset, limit })
      for (const record of page) documents.set(record.id, record)
      const last = page.at(-1)
      if (last === undefined || page.length < ROWS_AT_ONCE || limit === left) break
      after = { value: placeOf(last, query.sortField), id: last.id }
      offset = 0
      await yieldAheadIfDue()
    }
    const { where, values } = this.#conditionOf(query)
    return { documents: [...documents.values()], total: this.#count(where, values) }
  }

  async #filtered(query: ListDocuments): Promise<{ documents: DocumentRecord[]; total: number }> {
    const walk = new DocumentWalk(this.#connection, this.#arriving, query)
    const { seqs, total } = await walk.page(query)
    const rows = await inBatches(seqs, ROWS_AT_ONCE, (some) =>
      this.#connection.all<DocumentRow>(
        `SELECT d.* FROM json_each(?) k CROSS JOIN documents d ON d.seq = k.value ORDER BY k.key`,
        JSON.stringify(some),
      ),
    )
    return { documents: rows.map(documentRecord), total }
  }

  facets(query: Pick<ListDocuments, 'statuses' | 'filter'>, most: number): Promise<DocumentFacets> {
    return new DocumentWalk(this.#connection, this.#arriving, query).facets(most)
  }

  matching(
    query: Pick<ListDocuments, 'statuses' | 'filter'>,
    after: number,
    limit: number,
  ): Promise<{ ids: string[]; place: number }> {
    return new DocumentWalk(this.#connection, this.#arriving, query).ids(after, limit)
  }

  #conditionOf({ statuses }: Pick<ListDocuments, 'statuses'>) {
    const status = statuses === null ? 'TRUE' : 'status IN (SELECT value FROM json_each(?))'
    return {
      where: `${status}${this.#arriving.excluded}`,
      values: statuses === null ? [] : [JSON.stringify(statuses)],
    }
  }

  #page(query: ListDocuments): DocumentRecord[] {
    const { where, values } = this.#conditionOf(query)
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
    return rows.map(documentRecord)
  }

  statusesOf(documentIds: readonly string[]): Map<string, DocStatus> {
    const rows = this.#connection.rows<readonly [id: string, status: DocStatus]>(
      `SELECT d.id, d.status FROM json_each(?) k CROSS JOIN documents d ON d.id = k.value
       WHERE TRUE${this.#arriving.excluded}`,
      JSON.stringify(documentIds),
    )
    return new Map(rows)
  }

  statusCounts(): Record<DocStatus, number> {
    const counts = Object.fromEntries(DOC_STATUSES.map((status) => [status, 0])) as Record<
      DocStatus,
      number
    >
    const rows = this.#connection.all<{ status: DocStatus; count: number }>(
      `SELECT status, count(*) AS count FROM documents
       WHERE TRUE${this.#arriving.excluded} GROUP BY status`,
    )
    for (const row of rows) counts[row.status] = row.count
    return counts
  }

  count(): number {
    return this.#count(`TRUE${this.#arriving.excluded}`, [])
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
    column: 'file_path' | 'content_hash' | 'external_id' | 'file_hash',
    value: string,
  ): DocumentRecord | null {
    const where = `${column} = ?${this.#arriving.excluded}`
    const sql = `SELECT * FROM documents WHERE ${where} ORDER BY seq LIMIT 1`
    const row = this.#connection.get<DocumentRow>(sql, value)
    return row === undefined ? null : documentRecord(row)
  }
}

function placeOf(record: DocumentRecord, field: ListDocuments['sortField']): number | string {
  return {
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    id: record.id,
    file_path: record.filePath,
  }[field]
}
