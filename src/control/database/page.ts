import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import { ControlError } from '../core/control-error.ts'
import type { Given, PageParams } from '../wire/wire-schemas.ts'
import type { ControlTables } from './control-tables.ts'

export type PageQuery = Given<typeof PageParams>

export interface Page<T> {
  readonly items: readonly T[]
  readonly total: number
  readonly page: number
  readonly page_size: number
  readonly total_pages: number
  readonly has_next: boolean
  readonly has_prev: boolean
  readonly skip: number
  readonly limit: number
  /** Leads to the next page; null on the last. */
  readonly next_cursor: string | null
}

/** Where a page begins: after a row, or after a number of rows. */
export interface PageStart {
  readonly limit: number
  readonly offset: number
  readonly after: Position | undefined
  readonly page: number
}

/** The place of a row in a list: a moment, number or name, and the id that breaks ties. */
export interface Position {
  readonly at: number | string
  readonly id: string
}

/** A database counts no further. */
const MOST_ROWS = Number.MAX_SAFE_INTEGER

/** @throws {ControlError} `invalid_input` for a cursor that is none of ours */
export function startOf(query: PageQuery): PageStart {
  const limit = Math.min(100, Math.max(1, Math.trunc(query.limit ?? query.page_size ?? 10)))
  if (query.cursor !== undefined) {
    return { limit, offset: 0, after: readCursor(query.cursor), page: 1 }
  }
  if (query.skip !== undefined) {
    const offset = Math.min(MOST_ROWS, Math.max(0, Math.trunc(query.skip)))
    return { limit, offset, after: undefined, page: Math.floor(offset / limit) + 1 }
  }
  const page = Math.max(1, Math.trunc(query.page ?? 1))
  return { limit, offset: Math.min(MOST_ROWS, (page - 1) * limit), after: undefined, page }
}

/**
 * A page of rows that were read with one more than its limit.
 *
 * @param positionOf where the last row stands, for the cursor
 */
export function pageOf<R, T>(
  rows: readonly R[],
  { limit, offset, after, page }: PageStart,
  total: number,
  shape: { readonly item: (row: R) => T; readonly positionOf: (row: R) => Position },
): Page<T> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = rows.length > limit && last !== undefined
  return {
    items: shown.map(shape.item),
    total,
    page,
    page_size: limit,
    total_pages: Math.ceil(total / limit),
    has_next: more,
    has_prev: offset > 0 || after !== undefined,
    skip: offset,
    limit,
    next_cursor: more ? cursorOf(shape.positionOf(last)) : null,
  }
}

/** How a list is ordered: by a moment, and by the id of the row where two are the same. */
export interface ListOrder<R, T> {
  /** A column, or what is made of some. */
  readonly at: string | RawBuilder<unknown>
  readonly id: string
  readonly direction: 'asc' | 'desc'
  readonly item: (row: R) => T
  readonly positionOf: (row: R) => Position
  /** How many rows there are in all, where that is known; else they are counted. */
  readonly total?: number | undefined
}

/**
 * The page of a list that a query asks for.
 *
 * @param rows all of the list, with the columns that are wanted and without an order
 * @throws {ControlError} `invalid_input` for a cursor that is none of ours
 */
export async function pageIn<R, T, TB extends keyof ControlTables>(
  rows: SelectQueryBuilder<ControlTables, TB, R>,
  query: PageQuery,
  order: ListOrder<R, T>,
): Promise<Page<T>> {
  const start = startOf(query)
  const at = typeof order.at === 'string' ? sql.ref(order.at) : order.at
  const id = sql.ref(order.id)
  const { after } = start
  const behind = order.direction === 'asc' ? sql`>` : sql`<`
  const shown = after
    ? rows.where(sql<boolean>`(${at}, ${id}) ${behind} (${after.at}, ${after.id})`)
    : rows
  const found = await shown
    .orderBy(at, order.direction)
    .orderBy(id, order.direction)
    .limit(start.limit + 1)
    .offset(start.offset)
    .execute()
  return pageOf(found, start, order.total ?? (await countOf(rows)), order)
}

/** Whether a text stands in one of these columns, whatever the case of its Latin letters. */
export function holdsText(columns: readonly string[], text: string): RawBuilder<boolean> {
  const joined = sql.join(
    columns.map((column) => sql`coalesce(${sql.ref(column)}, '')`),
    sql` || char(10) || `,
  )
  return sql<boolean>`instr(lower(${joined}), ${text.toLowerCase()}) > 0`
}

async function countOf<R, TB extends keyof ControlTables>(
  rows: SelectQueryBuilder<ControlTables, TB, R>,
): Promise<number> {
  const counted = rows.clearSelect().select(sql<number>`count(*)`.as('count'))
  const [row] = await counted.execute()
  return row?.count ?? 0
}

function cursorOf({ at, id }: Position): string {
  const place = typeof at === 'number' ? `${at}` : `=${at}`
  return Buffer.from(`${place}:${id}`).toString('base64url')
}

function readCursor(cursor: string): Position {
  const found = /^(\d+|=.*):([a-z0-9_]*)$/s.exec(Buffer.from(cursor, 'base64url').toString())
  const [, place, id] = found ?? []
  if (place === undefined || id === undefined) {
    throw new ControlError('invalid_input', 'The cursor is not one that a page here gave')
  }
  return { at: place.startsWith('=') ? place.slice(1) : Number(place), id }
}
