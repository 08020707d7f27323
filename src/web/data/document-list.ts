import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { HttpClient } from '../api/http-client.ts'
import type { ViewState } from '../state/view-state.ts'
import type { Inserted } from './uploads.ts'
import type { WorkPlace } from './work-place.ts'

export const STATUSES = ['pending', 'processing', 'processed', 'failed'] as const
export type Status = (typeof STATUSES)[number]

export interface Progress {
  readonly step?: 'read' | 'extract' | 'embed' | 'merge' | 'store' | null
  readonly done?: number
  readonly total?: number | null
  readonly attempts?: number
  readonly next_retry_at?: string | null
  readonly queue_position?: number | null
}

/** A document as a list shows it. */
export interface DocumentRow {
  readonly id: string
  readonly content_summary: string
  readonly content_length: number
  readonly status: Status | 'preprocessed'
  readonly created_at: string
  readonly updated_at: string
  readonly track_id: string | null
  readonly chunks_count: number | null
  readonly error_msg: string | null
  readonly metadata: Readonly<Record<string, unknown>> | null
  readonly file_path: string
  readonly progress: Progress | null
  readonly external_id?: string | null
  readonly tags?: readonly string[]
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly enabled?: boolean
  readonly size?: number | null
  readonly mime?: string
  readonly sha256?: string | null
  readonly has_file?: boolean
  readonly created_by_name?: string | null
  readonly revision?: number
}

export interface DocumentPage {
  readonly documents: readonly DocumentRow[]
  readonly pagination: {
    readonly page: number
    readonly total_count: number
    readonly total_pages: number
    readonly has_next: boolean
  }
  readonly status_counts: Readonly<Record<string, number>>
  readonly next_cursor: string | null
}

const WORKING_MS = 2000
const IDLE_MS = 30_000

/** Whose it is stands first, then where: what one tenant asked never answers another. */
export const documentsKey = ({ account, tenantId, kb }: WorkPlace, ...more: readonly unknown[]) =>
  [account, tenantId, kb, 'documents', ...more] as const

/** Which documents of a knowledge base are meant. */
export interface DocumentFilter {
  readonly status_filters?: readonly string[]
  readonly q?: string
  readonly tags?: readonly string[]
}

export function filterOf({ filters = {} }: ViewState): DocumentFilter {
  const { status, q, tag } = filters
  return {
    ...(status === undefined ? {} : { status_filters: status }),
    ...(q?.[0] === undefined ? {} : { q: q[0] }),
    ...(tag === undefined ? {} : { tags: tag }),
  }
}

/** What a list is asked for, from the view of its page. */
export function listQuery(view: ViewState) {
  const { page = 1, pageSize = 50, sort } = view
  return {
    page,
    page_size: pageSize,
    ...(sort === undefined ? {} : { sort_field: sort.field, sort_direction: sort.direction }),
    ...filterOf(view),
  }
}

export const documentsOptions = (http: HttpClient, place: WorkPlace, view: ViewState) => {
  const asked = listQuery(view)
  return queryOptions({
    queryKey: documentsKey(place, 'list', asked),
    queryFn: ({ signal }) =>
      http.json<DocumentPage>('documents/paginated', {
        method: 'POST',
        json: asked,
        place,
        signal,
      }),
    // Pages of one knowledge base follow one another without a flash; nothing of another is shown.
    placeholderData: (before, query) =>
      query?.queryKey[1] === place.tenantId && query.queryKey[2] === place.kb
        ? keepPreviousData(before)
        : undefined,
    refetchInterval: ({ state: { data } }) => (isWorking(data) ? WORKING_MS : IDLE_MS),
  })
}

function isWorking(page: DocumentPage | undefined): boolean {
  const { pending = 0, processing = 0 } = page?.status_counts ?? {}
  return pending + processing > 0
}

export const documentOptions = (http: HttpClient, place: WorkPlace, id: string) =>
  queryOptions({
    queryKey: documentsKey(place, 'one', id),
    queryFn: ({ signal }) =>
      http.json<DocumentRow>(`documents/${encodeURIComponent(id)}`, { place, signal }),
  })

export interface Chunk {
  readonly chunk_id: string
  readonly ordinal: number
  readonly start: number
  readonly end: number
  readonly headings: readonly string[]
  readonly page: number | null
  readonly content: string
  readonly tokens: number
  readonly status: 'extracted' | 'set_aside'
  readonly error: string | null
}

export const chunksOptions = (http: HttpClient, place: WorkPlace, id: string, page: number) =>
  queryOptions({
    queryKey: documentsKey(place, 'chunks', id, page),
    queryFn: ({ signal }) =>
      http.json<{ readonly chunks: readonly Chunk[]; readonly total_count: number }>(
        `documents/${encodeURIComponent(id)}/chunks`,
        { query: { page, page_size: CHUNKS_A_PAGE }, place, signal },
      ),
  })
export const CHUNKS_A_PAGE = 50

export interface TextPart {
  readonly length: number
  readonly from: number
  readonly to: number
  readonly text: string
  readonly headings: readonly {
    readonly level: number
    readonly title: string
    readonly start: number
  }[]
  readonly pages: readonly { readonly page: number; readonly start: number }[]
}

/** Of a text, in UTF-16 units; the server sends 65,536 at most. */
export const PART = 16_384

export const textPartOptions = (http: HttpClient, place: WorkPlace, id: string, part: number) =>
  queryOptions({
    queryKey: documentsKey(place, 'text', id, part),
    queryFn: ({ signal }) =>
      http.json<TextPart>(`documents/${encodeURIComponent(id)}/text`, {
        query: {
          from: part * PART,
          to: (part + 1) * PART,
          ...(part === 0 ? { outline: true } : {}),
        },
        place,
        signal,
      }),
    staleTime: 60_000,
  })

/** Documents by their ids, or all that a filter leaves. */
export type Chosen = { readonly doc_ids: readonly string[] } | { readonly filter: DocumentFilter }

/** How many were meant, and with how many of them it is done. */
export interface ChosenReply {
  readonly matched: number
  readonly accepted: number
}

/** Deletes documents in the background. */
export function deleteDocuments(http: HttpClient, place: WorkPlace, chosen: Chosen) {
  return http.json<ChosenReply>('documents/delete', { method: 'POST', json: chosen, place })
}

/** Tries those again that failed. */
export function retryDocuments(http: HttpClient, place: WorkPlace, chosen: Chosen) {
  return http.json<ChosenReply>('documents/retry', { method: 'POST', json: chosen, place })
}

export function annotate(
  http: HttpClient,
  place: WorkPlace,
  id: string,
  change: { readonly enabled?: boolean; readonly tags?: readonly string[] },
) {
  return http.json<DocumentRow>(`documents/${encodeURIComponent(id)}`, {
    method: 'PATCH',
    json: change,
    place,
  })
}

export function insertText(http: HttpClient, place: WorkPlace, text: string, name: string) {
  return http.json<Inserted>('documents/text', {
    method: 'POST',
    json: { text, ...(name === '' ? {} : { file_source: name }) },
    place,
  })
}
