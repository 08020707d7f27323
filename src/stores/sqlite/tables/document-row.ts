import type {
  DocStatus,
  DocumentRecord,
  JsonObject,
} from '../../../engine/ports/document-record.ts'

export interface DocumentRow {
  readonly seq: number
  readonly id: string
  readonly file_path: string
  readonly status: DocStatus
  readonly content_summary: string
  readonly content_length: number
  readonly content_hash: string
  readonly created_at: number
  readonly updated_at: number
  readonly track_id: string
  readonly chunks_count: number | null
  readonly error_msg: string | null
  readonly metadata: string
  readonly attempts: number
  readonly revision: number
  readonly stored_file: string | null
  readonly external_id: string | null
  readonly tags: string
  readonly attributes: string
  readonly enabled: number
  readonly chunking: string | null
  readonly place: number
  readonly next_attempt_at: number
  readonly blame: number
  readonly life: string
  readonly step: string
  readonly deaths: number
  readonly size: number | null
  readonly file_hash: string | null
  readonly author_id: string | null
  readonly author_name: string | null
}

export function documentRecord(row: DocumentRow): DocumentRecord {
  return {
    id: row.id,
    filePath: row.file_path,
    status: row.status,
    contentSummary: row.content_summary,
    contentLength: row.content_length,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    trackId: row.track_id,
    chunksCount: row.chunks_count,
    errorMsg: row.error_msg,
    metadata: JSON.parse(row.metadata) as JsonObject,
    attempts: row.attempts,
    blame: row.blame,
    deaths: row.deaths,
    nextAttemptAt: row.next_attempt_at === 0 ? null : row.next_attempt_at,
    revision: row.revision,
    storedFile: row.stored_file,
    annotations: {
      externalId: row.external_id,
      tags: JSON.parse(row.tags) as string[],
      attributes: JSON.parse(row.attributes) as JsonObject,
      enabled: row.enabled === 1,
    },
    chunking: row.chunking === null ? null : (JSON.parse(row.chunking) as JsonObject),
    origin: {
      size: row.size,
      fileHash: row.file_hash,
      author: row.author_id === null ? null : { id: row.author_id, name: row.author_name ?? '' },
    },
  }
}
