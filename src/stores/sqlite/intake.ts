import type { EnqueueOptions, EnqueueOutcome, NewDocument } from '../../engine/store.ts'
import type { Connection } from './connection.ts'
import { type DocumentRow, documentRecord } from './document-row.ts'

/** Labels of texts that came without a name: they say nothing about being the same document. */
const NAMELESS: ReadonlySet<string> = new Set(['unknown_source', 'no-file-path'])

/** Takes documents in as `pending`, in one synced transaction: all of them or none. */
export function enqueueDocuments(
  connection: Connection,
  documents: readonly NewDocument[],
  options: EnqueueOptions,
): EnqueueOutcome[] {
  return connection.durably(() => {
    const queued = new Set<number>()
    return documents.map((document) => enqueue(connection, document, options, queued))
  })
}

/** @param queued what this call has taken in so far; none of it is replaced by a later one */
function enqueue(
  connection: Connection,
  document: NewDocument,
  options: EnqueueOptions,
  queued: Set<number>,
): EnqueueOutcome {
  const sameName = NAMELESS.has(document.filePath)
    ? undefined
    : oldest(connection, 'file_path', document.filePath)
  const replaces =
    sameName !== undefined && options.onConflict === 'replace' && !queued.has(sameName.seq)
  if (sameName !== undefined && !replaces) {
    return { kind: 'duplicate', by: 'name', existing: documentRecord(sameName) }
  }
  const sameContent = oldest(connection, 'content_hash', document.contentHash)
  if (sameContent !== undefined) {
    return { kind: 'duplicate', by: 'content', existing: documentRecord(sameContent) }
  }
  const seq =
    sameName === undefined
      ? insert(connection, document)
      : replace(connection, sameName.seq, document)
  queued.add(seq)
  return { kind: 'queued', replaced: sameName?.id ?? null }
}

function insert(connection: Connection, document: NewDocument): number {
  const now = Date.now()
  const seq = connection.insert(
    `INSERT INTO documents (id, file_path, status, content_summary, content_length, content_hash,
       created_at, updated_at, track_id, metadata, attempts, revision, stored_file)
     VALUES (?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, 0, 1, ?)`,
    freeId(connection, document.id),
    document.filePath,
    document.contentSummary,
    document.contentLength,
    document.contentHash,
    now,
    now,
    document.trackId,
    JSON.stringify(document.metadata),
    document.storedFile,
  )
  keepText(connection, seq, document.text)
  return seq
}

/** The record keeps its id and place; its chunks stay visible until the new ones are committed. */
function replace(connection: Connection, seq: number, document: NewDocument): number {
  connection.run(
    `UPDATE documents SET status = 'pending', content_summary = ?, content_length = ?,
       content_hash = ?, updated_at = ?, track_id = ?, metadata = ?, stored_file = ?,
       error_msg = NULL, attempts = 0, revision = revision + 1
     WHERE seq = ?`,
    document.contentSummary,
    document.contentLength,
    document.contentHash,
    Date.now(),
    document.trackId,
    JSON.stringify(document.metadata),
    document.storedFile,
    seq,
  )
  keepText(connection, seq, document.text)
  return seq
}

export function keepText(connection: Connection, seq: number, text: string | null): void {
  if (text === null) {
    connection.run('DELETE FROM document_texts WHERE document = ?', seq)
  } else {
    const sql = 'INSERT OR REPLACE INTO document_texts (document, text) VALUES (?, ?)'
    connection.run(sql, seq, text)
  }
}

/**
 * An id made from a text may belong to a document that was given another text since; the newcomer
 * then gets a number behind its id.
 */
function freeId(connection: Connection, wanted: string): string {
  let id = wanted
  const sql = 'SELECT 1 FROM documents WHERE id = ?'
  for (let n = 2; connection.get(sql, id) !== undefined; n++) id = `${wanted}-${n}`
  return id
}

function oldest(
  connection: Connection,
  column: 'file_path' | 'content_hash',
  value: string,
): DocumentRow | undefined {
  const sql = `SELECT * FROM documents WHERE ${column} = ? ORDER BY seq LIMIT 1`
  return connection.get<DocumentRow>(sql, value)
}
