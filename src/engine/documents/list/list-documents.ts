import {
  DOC_STATUSES,
  type DocStatus,
  type DocumentCursor,
  type DocumentRecord,
  type ListDocuments,
  type ListFilter,
} from '../../ports/document-record.ts'
import { EngineError } from '../../ports/engine-error.ts'
import type { Store } from '../../ports/store.ts'
import type { PaginatedDocuments, PaginatedQuery } from '../document-calls.ts'
import { docStatusResponse, rowsBefore, statusCounts } from '../documents.ts'
import { contentHash } from '../identifiers.ts'
import type { DocStatusFilter } from './list-calls.ts'
import { appliedFilter, listFilter } from './list-filter.ts'

interface Order extends Pick<ListDocuments, 'sortField' | 'sortDirection'> {
  readonly statuses: readonly DocStatusFilter[] | null
  readonly filter: ListFilter | null
}

/**
 * One page of the documents: by its number, or behind a cursor. Pages by number shift when documents
 * come and go; behind a cursor each document comes once. That holds for an order by a field that
 * does not change, which `updated_at` does.
 *
 * @throws {EngineError} `invalid_argument` for a cursor that is none, or of another order
 */
export async function listDocuments(
  store: Store,
  query: PaginatedQuery,
): Promise<PaginatedDocuments> {
  const { page = 1, page_size: pageSize = 50 } = query
  const order = orderOf(query)
  const after = query.cursor ? cursorIn(query.cursor, order) : undefined
  const [{ documents, total }, counts] = await Promise.all([
    store.documents.list({
      ...order,
      statuses: storedStatuses(order.statuses),
      offset: after ? 0 : rowsBefore(page, pageSize),
      // One more than is shown tells whether there is a next page.
      limit: pageSize + 1,
      after,
    }),
    statusCounts(store),
  ])
  const shown = documents.slice(0, pageSize)
  const last = documents.length > pageSize ? shown.at(-1) : undefined
  return {
    documents: shown.map(docStatusResponse),
    pagination: {
      page,
      page_size: pageSize,
      total_count: total,
      total_pages: Math.ceil(total / pageSize),
      has_next: last !== undefined,
      has_prev: page > 1 || after !== undefined,
    },
    status_counts: counts.status_counts,
    next_cursor: last ? cursorAt(last, order) : null,
    applied: {
      ...appliedFilter(query, order.filter),
      status_filters: order.statuses,
      sort_field: order.sortField,
      sort_direction: order.sortDirection,
    },
  }
}

/** Those that documents can have here. */
export function storedStatuses(statuses: readonly DocStatusFilter[] | null): DocStatus[] | null {
  return statuses?.filter(isDocStatus) ?? null
}

function isDocStatus(status: string): status is DocStatus {
  return DOC_STATUSES.some((known) => known === status)
}

function orderOf(query: PaginatedQuery): Order {
  const one = query.status_filter ? [query.status_filter] : null
  return {
    statuses: query.status_filters?.length ? query.status_filters : one,
    sortField: query.sort_field ?? 'updated_at',
    sortDirection: query.sort_direction ?? 'desc',
    filter: listFilter(query),
  }
}

/** What a cursor is bound to; in another order its place means nothing. */
function orderMark({ statuses, sortField, sortDirection, filter }: Order): string {
  const mark = [sortField, sortDirection, ...[...(statuses ?? [])].sort()].join(' ')
  return filter === null ? mark : `${mark} ${contentHash(JSON.stringify(filter)).slice(0, 16)}`
}

function cursorAt(document: DocumentRecord, order: Order): string {
  const value = {
    created_at: document.createdAt,
    updated_at: document.updatedAt,
    id: document.id,
    file_path: document.filePath,
  }[order.sortField]
  return Buffer.from(JSON.stringify([orderMark(order), value, document.id])).toString('base64url')
}

function cursorIn(cursor: string, order: Order): DocumentCursor {
  const [mark, value, id] = partsOf(cursor)
  const byTime = order.sortField === 'created_at' || order.sortField === 'updated_at'
  const fits = byTime ? typeof value === 'number' : typeof value === 'string'
  if (typeof mark !== 'string' || typeof id !== 'string' || !fits) throw refused(UNKNOWN)
  if (mark !== orderMark(order)) throw refused(OTHER_ORDER)
  return { value, id }
}

function partsOf(cursor: string): [unknown, string | number, unknown] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (!Array.isArray(parts)) throw refused(UNKNOWN)
    const [mark, value, id] = parts
    return [mark, typeof value === 'number' ? value : String(value), id]
  } catch {
    throw refused(UNKNOWN)
  }
}

const UNKNOWN = 'The cursor is none that this server gave out; begin without one.'
const OTHER_ORDER =
  'The cursor belongs to another order or filter; keep both, or begin without a cursor.'

function refused(message: string): EngineError {
  return new EngineError('invalid_argument', message)
}
