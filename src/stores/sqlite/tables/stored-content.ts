import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'

/** What is in the database of a workspace, at a glance. */
export interface StoredContent {
  readonly documents: number
  readonly entities: number
  readonly relations: number
  /** Of a vector; null before there is one. */
  readonly dimension: number | null
  /** In pages that what comes next is written into, before the file grows. */
  readonly freeBytes: number
  /** In pages that only the log has so far: the file grows by them when the log is copied into it. */
  readonly unwrittenBytes: number
  /** About how much text was processed, in characters. */
  readonly processedText: number
  readonly pending: PendingContent
  /** Whether documents wait to be processed or deleted. */
  readonly isBusy: boolean
}

/** What waits to be processed, about. */
export interface PendingContent {
  readonly documents: number
  /** In characters, or bytes of files that are text. */
  readonly text: number
  /** Bytes of files of which an unknown part is text, as of a PDF. */
  readonly packed: number
}

const NOTHING: StoredContent = {
  documents: 0,
  entities: 0,
  relations: 0,
  dimension: null,
  freeBytes: 0,
  unwrittenBytes: 0,
  processedText: 0,
  pending: { documents: 0, text: 0, packed: 0 },
  isBusy: false,
}

/** Files in which text is packed, or beside much else. */
export const PACKED = [
  ...['.pdf', '.docx', '.docm', '.dotx', '.dotm', '.pptx', '.pptm', '.potx', '.potm', '.ppsx'],
  ...['.ppsm', '.xlsx', '.xlsm', '.xltx', '.xltm', '.odt', '.ott', '.ods', '.ots', '.odp', '.otp'],
  ...['.epub', '.eml', '.msg'],
] as const
/** Of more documents, as many stand for all. */
const SAMPLE = 500

const IS_PACKED = PACKED.map((extension) => `file_path LIKE '%${extension}'`).join(' OR ')
/** Of a file that was not read yet, the length is that of the file. */
const PENDING = `SELECT count(*) AS documents,
    coalesce(sum(iif(unread AND (${IS_PACKED}), 0, content_length)), 0) AS text,
    coalesce(sum(iif(unread AND (${IS_PACKED}), content_length, 0)), 0) AS packed
  FROM (
    SELECT file_path, content_length, text.document IS NULL AS unread
    FROM documents LEFT JOIN document_texts AS text ON text.document = documents.seq
    WHERE status IN ('pending', 'processing') LIMIT ${SAMPLE}
  )`
const USUAL_LENGTH = `SELECT coalesce(avg(content_length), 0) FROM (
    SELECT content_length FROM documents WHERE status = 'processed' ORDER BY seq DESC LIMIT ${SAMPLE}
  )`

/**
 * Looks into `rag.db` of a folder, whoever has it open; takes no lock and makes no file. What cannot
 * be read, because it is older or damaged, counts as empty: an opening will tell.
 */
export function lookInto(dir: string): StoredContent {
  const file = join(dir, 'rag.db')
  if (!existsSync(file)) return NOTHING
  try {
    const database = new Database(file, { readonly: true, fileMustExist: true, timeout: 0 })
    try {
      return contentOf(database, statSync(file).size)
    } finally {
      database.close()
    }
  } catch (error) {
    if (error instanceof Database.SqliteError) return NOTHING
    throw error
  }
}

interface Counters {
  readonly entities: number
  readonly relations: number
  readonly dimension: number
}

function contentOf(database: Database.Database, fileBytes: number): StoredContent {
  const pageBytes = pragma(database, 'page_size')
  const counters = database
    .prepare<[], Counters>(
      'SELECT entities, relations, embedding_dimension AS dimension FROM workspace',
    )
    .get()
  const byStatus = new Map(
    database
      .prepare<[], [string, number]>('SELECT status, count(*) FROM documents GROUP BY status')
      .raw()
      .all(),
  )
  const count = (...states: string[]) =>
    states.reduce((sum, status) => sum + (byStatus.get(status) ?? 0), 0)
  const waiting = count('pending', 'processing')
  const toDelete = database.prepare('SELECT 1 FROM scheduled_deletions LIMIT 1').get()
  const usual = Number(database.prepare(USUAL_LENGTH).pluck().get())
  return {
    documents: count(...byStatus.keys()),
    entities: counters?.entities ?? 0,
    relations: counters?.relations ?? 0,
    dimension: counters?.dimension ?? null,
    freeBytes: pragma(database, 'freelist_count') * pageBytes,
    unwrittenBytes: Math.max(0, pragma(database, 'page_count') * pageBytes - fileBytes),
    processedText: Math.round(usual * count('processed')),
    pending: pendingContent(database, waiting),
    isBusy: waiting > 0 || toDelete !== undefined,
  }
}

function pendingContent(database: Database.Database, waiting: number): PendingContent {
  if (waiting === 0) return NOTHING.pending
  const sample = database.prepare<[], PendingContent>(PENDING).get()
  if (sample === undefined || sample.documents === 0) return NOTHING.pending
  const times = waiting / sample.documents
  return { documents: waiting, text: sample.text * times, packed: sample.packed * times }
}

function pragma(database: Database.Database, name: string): number {
  return Number(database.pragma(name, { simple: true }))
}
