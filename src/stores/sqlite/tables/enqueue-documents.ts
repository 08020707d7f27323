import type {
  EnqueueOptions,
  EnqueueOutcome,
  NewDocument,
} from '../../../engine/ports/document-record.ts'
import type { Steps } from '../../../vectors/slices.ts'
import type { Connection } from '../database/connection.ts'
import { type DocumentRow, documentRecord } from './document-row.ts'
import { keepGraph } from './graph/custom-graph-table.ts'

/** Names of texts that came without a name: they say nothing about being the same document. */
const NAMELESS: ReadonlySet<string> = new Set(['unknown_source', 'no-file-path'])

/**
 * Takes documents in as `pending`, one after the other; of what is known, none but what it replaces.
 *
 * @param outcomes gets what became of each
 */
export function* enqueueDocuments(
  connection: Connection,
  documents: readonly NewDocument[],
  options: EnqueueOptions,
  outcomes: EnqueueOutcome[],
): Steps {
  const queued = new Set<number>()
  for (const document of documents) {
    if (outcomes.length > 0) yield
    outcomes.push(enqueue(connection, document, options, queued))
  }
}

/** @param queued what this call has taken in so far; none of it is replaced by a later one */
function enqueue(
  connection: Connection,
  document: NewDocument,
  options: EnqueueOptions,
  queued: Set<number>,
): EnqueueOutcome {
  const known = knownAs(connection, document)
  const replaces = known?.free && options.onConflict === 'replace' && !queued.has(known.row.seq)
  const duplicate = duplicateOf(connection, document, replaces ? null : known)
  if (duplicate !== null) return duplicate
  const seq =
    known === null ? insert(connection, document) : replace(connection, known.row.seq, document)
  queued.add(seq)
  if (known === null) return { kind: 'queued', replaced: null }
  const { id, stored_file: file } = known.row
  return { kind: 'queued', replaced: id, ...(file === null ? {} : { freedFile: file }) }
}

/** @param known what is in its way by its id or its name */
function duplicateOf(
  connection: Connection,
  document: NewDocument,
  known: Known | null,
): EnqueueOutcome | null {
  if (known) return { kind: 'duplicate', by: known.by, existing: documentRecord(known.row) }
  const sameContent = oldest(connection, 'content_hash', document.contentHash)
  if (sameContent === undefined) return null
  return { kind: 'duplicate', by: 'content', existing: documentRecord(sameContent) }
}

interface Known {
  readonly row: DocumentRow
  readonly by: 'external_id' | 'name'
  /** Whether the new text may take its place. */
  readonly free: boolean
}

/** The document that this one would be another version of. Its own id says more than its name. */
function knownAs(connection: Connection, document: NewDocument): Known | null {
  const externalId = document.annotations?.externalId ?? null
  const sameId = externalId === null ? undefined : oldest(connection, 'external_id', externalId)
  const sameName = NAMELESS.has(document.filePath)
    ? undefined
    : oldest(connection, 'file_path', document.filePath)
  if (sameId !== undefined) {
    const nameTaken = sameName !== undefined && sameName.seq !== sameId.seq
    return { row: sameId, by: 'external_id', free: !nameTaken }
  }
  if (sameName === undefined) return null
  const isAnother = externalId !== null && sameName.external_id !== null
  return { row: sameName, by: 'name', free: !isAnother }
}

function insert(connection: Connection, document: NewDocument): number {
  const now = Date.now()
  const seq = connection.insert(
    `INSERT INTO documents (id, file_path, status, content_summary, content_length, content_hash,
       created_at, updated_at, track_id, metadata, attempts, revision, stored_file, external_id,
       tags, attributes, chunking, error_msg, place, size, file_hash, author_id, author_name)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    freeId(connection, document.id),
    document.filePath,
    statusOf(document),
    document.contentSummary,
    document.contentLength,
    document.contentHash,
    now,
    now,
    document.trackId,
    JSON.stringify(document.metadata),
    document.storedFile,
    document.annotations?.externalId ?? null,
    JSON.stringify(document.annotations?.tags ?? []),
    JSON.stringify(document.annotations?.attributes ?? {}),
    orNull(document.chunking),
    document.failure ?? null,
    lastPlace(connection) + 1,
    document.origin?.size ?? null,
    document.origin?.fileHash ?? null,
    document.origin?.author?.id ?? null,
    document.origin?.author?.name ?? null,
  )
  keepText(connection, seq, document.text)
  keepGraph(connection, seq, document.graph)
  return seq
}

function statusOf({ failure }: NewDocument): 'pending' | 'failed' {
  return failure === undefined ? 'pending' : 'failed'
}

/** The record keeps its id and place; its chunks stay visible until the new ones are committed. */
function replace(connection: Connection, seq: number, document: NewDocument): number {
  connection.run(
    `UPDATE documents SET status = ?, error_msg = ?, file_path = coalesce(?, file_path), content_summary = ?,
       content_length = ?, content_hash = ?, updated_at = ?, track_id = ?, metadata = ?,
       stored_file = ?, attempts = 0, blame = 0, next_attempt_at = 0, deaths = 0, place = ?,
       revision = revision + 1,
       external_id = coalesce(?, external_id), tags = coalesce(?, tags),
       attributes = coalesce(?, attributes), chunking = ?, size = ?, file_hash = ?
     WHERE seq = ?`,
    statusOf(document),
    document.failure ?? null,
    NAMELESS.has(document.filePath) ? null : document.filePath,
    document.contentSummary,
    document.contentLength,
    document.contentHash,
    Date.now(),
    document.trackId,
    JSON.stringify(document.metadata),
    document.storedFile,
    lastPlace(connection) + 1,
    document.annotations?.externalId ?? null,
    orNull(document.annotations?.tags),
    orNull(document.annotations?.attributes),
    orNull(document.chunking),
    document.origin?.size ?? null,
    document.origin?.fileHash ?? null,
    seq,
  )
  keepText(connection, seq, document.text)
  keepGraph(connection, seq, document.graph)
  return seq
}

function orNull(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
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
  column: 'file_path' | 'content_hash' | 'external_id',
  value: string,
): DocumentRow | undefined {
  const sql = `SELECT * FROM documents WHERE ${column} = ? ORDER BY seq LIMIT 1`
  return connection.get<DocumentRow>(sql, value)
}

/** The greatest place of any document in the queue, whatever became of it. */
export function lastPlace(connection: Connection): number {
  const sql = 'SELECT max(place) AS place FROM documents'
  return connection.get<{ place: number | null }>(sql)?.place ?? 0
}
