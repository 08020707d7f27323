import { EngineError } from './errors.ts'
import type { DocStatusResponse, PaginatedDocuments, PaginatedQuery, TrackStatus } from './rag.ts'
import { DOC_STATUSES, type DocStatus, type DocumentRecord, type Store } from './store.ts'

const LIST_LIMIT = 1000

/** A stored document in the words of the API. */
export function docStatusResponse(record: DocumentRecord): DocStatusResponse {
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
    metadata: { ...record.metadata, attempts: record.attempts },
    file_path: record.filePath,
  }
}

/** UTC with offset and microseconds, as LightRAG's clients parse it. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000+00:00')
}

export async function listDocuments(
  store: Store,
  query: PaginatedQuery,
): Promise<PaginatedDocuments> {
  const page = query.page ?? 1
  const pageSize = query.page_size ?? 50
  const one = query.status_filter ? [query.status_filter] : null
  const [{ documents, total }, counts] = await Promise.all([
    store.listDocuments({
      statuses: query.status_filters?.length ? query.status_filters : one,
      sortField: query.sort_field ?? 'updated_at',
      sortDirection: query.sort_direction ?? 'desc',
      offset: (page - 1) * pageSize,
      limit: pageSize,
    }),
    statusCounts(store),
  ])
  const totalPages = Math.ceil(total / pageSize)
  return {
    documents: documents.map(docStatusResponse),
    pagination: {
      page,
      page_size: pageSize,
      total_count: total,
      total_pages: totalPages,
      has_next: page < totalPages,
      has_prev: page > 1,
    },
    status_counts: counts.status_counts,
  }
}

export async function statusCounts(
  store: Store,
): Promise<{ status_counts: Record<string, number> }> {
  const counts = await store.statusCounts()
  const all = DOC_STATUSES.reduce((total, status) => total + counts[status], 0)
  return { status_counts: { ...counts, all } }
}

/** Some of every status that occurs, at most 1000 in all. */
export async function documentsByStatus(
  store: Store,
): Promise<{ statuses: Record<string, DocStatusResponse[]> }> {
  const counts = await store.statusCounts()
  const present = DOC_STATUSES.filter((status) => counts[status] > 0)
  const statuses: Record<string, DocStatusResponse[]> = {}
  const share = fairShare(present, counts)
  for (const status of present) {
    const { documents } = await store.listDocuments({
      statuses: [status],
      sortField: 'created_at',
      sortDirection: 'asc',
      offset: 0,
      limit: share.get(status) ?? 0,
    })
    statuses[status] = documents.map(docStatusResponse)
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
  const records = await store.documentsByTrack(trackId)
  const summary: Record<string, number> = {}
  for (const { status } of records) summary[status] = (summary[status] ?? 0) + 1
  return {
    track_id: trackId,
    documents: records.map(docStatusResponse),
    total_count: records.length,
    status_summary: summary,
  }
}
