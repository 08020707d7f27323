import { DOC_STATUSES, type DocStatus, type DocumentRecord } from '../ports/document-record.ts'
import type { DocumentChunk } from '../ports/document-store.ts'
import { EngineError } from '../ports/engine-error.ts'
import type { Store } from '../ports/store.ts'
import { yieldAheadIfDue } from '../work/turns.ts'
import type { DocumentChange } from './chosen/chosen-calls.ts'
import { annotationsOf } from './document-annotations.ts'
import type { DocStatusResponse, RetryChunksResponse, TrackStatus } from './document-calls.ts'
import { mediaTypeOf } from './media-type.ts'
import type { DocumentChunks, DocumentChunksQuery, ShownChunk } from './reading/reading-calls.ts'

const LIST_LIMIT = 1000

/** A stored document in the words of the API. */
export function docStatusResponse(record: DocumentRecord): DocStatusResponse {
  const { externalId, tags, attributes, enabled } = record.annotations
  return {
    id: record.id,
    content_summary: record.contentSummary,
    content_length: record.contentLength,
    status: record.status,
    created_at: isoTime(record.createdAt),
    updated_at: isoTime(record.updatedAt),
    track_id: record.trackId,
    chunks_count: record.chunksCount,
    error_msg: record.errorMsg,
    metadata: {
      ...attributes,
      ...record.metadata,
      attempts: record.attempts,
      ...(record.nextAttemptAt === null ? {} : { next_attempt_at: isoTime(record.nextAttemptAt) }),
      external_id: externalId,
      tags,
      enabled,
      ...(record.chunking ? { chunking: record.chunking } : {}),
    },
    file_path: record.filePath,
    progress: null,
    external_id: externalId,
    tags,
    attributes,
    enabled,
    size: record.origin.size,
    mime: mediaTypeOf(record.storedFile === null ? 'text.txt' : record.filePath),
    sha256: record.origin.fileHash,
    has_file: hasFile(record),
    created_by: record.origin.author?.id ?? null,
    created_by_name: record.origin.author?.name ?? null,
    revision: record.revision,
  }
}

/** @throws {EngineError} `document_not_found` */
export async function documentById(store: Store, documentId: string): Promise<DocStatusResponse> {
  const record = await store.documents.byId(documentId)
  if (!record) throw notFound(documentId)
  return docStatusResponse(record)
}

/** A file that a scan could not take in has a name, and no bytes. */
function hasFile({ storedFile, contentLength, origin }: DocumentRecord): boolean {
  return storedFile !== null && (origin.fileHash !== null || contentLength > 0)
}

/** UTC with offset and microseconds, as LightRAG's clients parse it. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000+00:00')
}

export async function statusCounts(
  store: Store,
): Promise<{ status_counts: Record<string, number> }> {
  const counts = await store.documents.statusCounts()
  const all = DOC_STATUSES.reduce((total, status) => total + counts[status], 0)
  return { status_counts: { ...counts, all } }
}

/** Some of every status that occurs, at most 1000 in all. */
export async function documentsByStatus(
  store: Store,
): Promise<{ statuses: Record<string, DocStatusResponse[]> }> {
  const counts = await store.documents.statusCounts()
  const present = DOC_STATUSES.filter((status) => counts[status] > 0)
  const statuses: Record<string, DocStatusResponse[]> = {}
  const share = fairShare(present, counts)
  for (const status of present) {
    const { documents } = await store.documents.list({
      statuses: [status],
      sortField: 'created_at',
      sortDirection: 'asc',
      offset: 0,
      limit: share.get(status) ?? 0,
    })
    const told: DocStatusResponse[] = []
    for (const document of documents) {
      await yieldAheadIfDue()
      told.push(docStatusResponse(document))
    }
    statuses[status] = told
  }
  return { statuses }
}

/** How many of each status fit when they take turns. */
function fairShare(present: readonly DocStatus[], counts: Record<DocStatus, number>) {
  const share = new Map<DocStatus, number>()
  let left = LIST_LIMIT
  const waiting = [...present].sort((a, b) => counts[a] - counts[b])
  waiting.forEach((status, i) => {
    const take = Math.min(counts[status], Math.floor(left / (waiting.length - i)))
    share.set(status, take)
    left -= take
  })
  return share
}

/** @throws {EngineError} `invalid_argument` for a blank id; an unknown one has no documents */
export async function trackStatus(store: Store, trackId: string): Promise<TrackStatus> {
  if (trackId.trim() === '') throw new EngineError('invalid_argument', 'The track id is blank.')
  const records = await store.documents.byTrack(trackId)
  const summary: Record<string, number> = {}
  const documents: DocStatusResponse[] = []
  for (const record of records) {
    await yieldAheadIfDue()
    summary[record.status] = (summary[record.status] ?? 0) + 1
    documents.push(docStatusResponse(record))
  }
  return {
    track_id: trackId,
    documents,
    total_count: records.length,
    status_summary: summary,
  }
}

/** @throws {EngineError} `document_not_found`, `invalid_argument` */
export async function updateDocument(
  store: Store,
  documentId: string,
  { tags, metadata, enabled }: DocumentChange,
): Promise<DocStatusResponse> {
  const { externalId: _none, ...annotations } = annotationsOf({ tags, metadata })
  const changed = await store.documents.setAnnotations(documentId, {
    ...annotations,
    ...(enabled === undefined ? {} : { enabled }),
  })
  if (!changed) throw notFound(documentId)
  return docStatusResponse(changed)
}

/** @throws {EngineError} `document_not_found` */
export async function documentChunks(
  store: Store,
  documentId: string,
  query: DocumentChunksQuery,
): Promise<DocumentChunks> {
  if (!(await store.documents.byId(documentId))) throw notFound(documentId)
  const limit = query.page_size ?? 50
  const { chunks, total } = await store.documents.chunksOf(documentId, {
    onlySetAside: query.status === 'set_aside',
    offset: rowsBefore(query.page ?? 1, limit),
    limit,
  })
  return {
    document_id: documentId,
    chunks: chunks.map(shownChunk),
    total_count: total,
  }
}

export function shownChunk({ id, ...chunk }: DocumentChunk): ShownChunk {
  return { chunk_id: id, ...chunk, status: chunk.error === null ? 'extracted' : 'set_aside' }
}

/**
 * Puts a document with chunks that were set aside back to pending.
 *
 * @throws {EngineError} `document_not_found`, `pipeline_busy`
 */
export async function requeueSetAside(
  store: Store,
  documentId: string,
): Promise<RetryChunksResponse> {
  const document = await store.documents.byId(documentId)
  if (!document) throw notFound(documentId)
  const page = { onlySetAside: true, offset: 0, limit: 1 }
  const { total } = await store.documents.chunksOf(documentId, page)
  if (total === 0) {
    const message = 'No chunk of this document was set aside.'
    return { status: 'nothing_to_retry', message, chunks: 0 }
  }
  if (!(await store.queue.requeueProcessed(documentId))) {
    throw new EngineError(
      'pipeline_busy',
      `The document is ${document.status}; its chunks can be retried once it is processed.`,
    )
  }
  const message = `${total} chunk(s) are extracted again in the background.`
  return { status: 'retry_started', message, chunks: total }
}

export function notFound(documentId: string): EngineError {
  return new EngineError('document_not_found', `There is no document '${documentId}'.`)
}

/** How many rows stand before a page, from 1; as many as a store can count where it is beyond all. */
export function rowsBefore(page: number, pageSize: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, (page - 1) * pageSize)
}
