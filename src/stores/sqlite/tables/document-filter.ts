import type { JsonObject, JsonValue, ListFilter } from '../../../engine/ports/document-record.ts'
import { foldedCase } from '../../../engine/text/folded-case.ts'
import type { Value } from '../database/connection.ts'

/** What a filter looks at beyond its conditions in SQL. */
export interface FilteredColumns {
  readonly filePath: string
  readonly externalId: string | null
  readonly summary: string
  /** As JSON, as are the attributes. */
  readonly tags: string
  readonly attributes: string
  readonly authorId: string | null
}

/**
 * A filter of documents: what SQLite decides by columns, and what is decided row by row. The walk goes
 * along an index of its own: no condition is to choose another, after which all would be sorted.
 */
export interface RowFilter {
  readonly conditions: readonly string[]
  /** Of the conditions, in their order. */
  readonly values: readonly Value[]
  readonly admits: (row: FilteredColumns) => boolean
}

export function filterOf(filter: ListFilter | null): RowFilter {
  if (filter === null) return { conditions: [], values: [], admits: () => true }
  const { enabled, authorId, createdFrom, createdTo } = filter
  const columns: (readonly [sql: string, value: Value | null])[] = [
    ['+enabled = ?', enabled === null ? null : Number(enabled)],
    ['+author_id = ?', authorId],
    ['+created_at >= ?', createdFrom],
    ['+created_at <= ?', createdTo],
  ]
  const given = columns.filter(([, value]) => value !== null)
  return {
    conditions: given.map(([sql]) => sql),
    values: given.map(([, value]) => value),
    admits: (row) => admits(filter, row),
  }
}

/** Of the name of a file, without its dot, in lower case. */
export function extensionIn(filePath: string): string {
  const dot = filePath.lastIndexOf('.')
  return dot <= 0 ? '' : filePath.slice(dot + 1).toLowerCase()
}

function admits({ text, tags, extensions, attributes }: ListFilter, row: FilteredColumns): boolean {
  if (extensions !== null && !extensions.includes(extensionIn(row.filePath))) return false
  if (text !== null && !hasText(row, text)) return false
  if (tags !== null) {
    const own = JSON.parse(row.tags) as string[]
    if (!tags.some((tag) => own.includes(tag))) return false
  }
  return attributes === null || hasAttributes(JSON.parse(row.attributes) as JsonObject, attributes)
}

function hasText({ filePath, externalId, summary }: FilteredColumns, text: string): boolean {
  return [filePath, externalId ?? '', summary].some((field) => foldedCase(field).includes(text))
}

/** Whether each of these fields has one of its values; a field that is a list has each of its entries. */
export function hasAttributes(
  own: JsonObject,
  wanted: NonNullable<ListFilter['attributes']>,
): boolean {
  return Object.entries(wanted).every(([name, values]) => {
    const held = Object.hasOwn(own, name) ? listOf(own[name]) : []
    return values.some((value) => held.includes(value))
  })
}

function listOf(value: JsonValue | undefined): readonly (JsonValue | undefined)[] {
  return Array.isArray(value) ? value : [value]
}
