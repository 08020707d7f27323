import { keptJson } from '../documents/document-annotations.ts'
import type { JsonValue } from '../ports/document-record.ts'
import { EngineError } from '../ports/engine-error.ts'
import type { DocumentFilter } from '../ports/searches.ts'
import { keptName } from '../text/kept-name.ts'
import type { QueryFilters } from './query-calls.ts'

/** Entries of one list, and fields of metadata. */
const LONGEST_LIST = 10_000
const MOST_FIELDS = 64

/**
 * The filter of a question; null when it has none.
 *
 * @throws {EngineError} `invalid_argument` for one that is too large
 */
export function documentFilter(filters: QueryFilters | null | undefined): DocumentFilter | null {
  if (!filters) return null
  const attributes = filters.metadata
    ? Object.entries(filters.metadata).map(
        ([name, value]) => [name.normalize('NFC'), listOf(value).map(keptJson)] as const,
      )
    : null
  const filter = {
    documentIds: filters.document_ids ?? null,
    externalIds: filters.external_ids?.map(keptName) ?? null,
    filePaths: filters.file_paths?.map(keptName) ?? null,
    tags: filters.tags?.map(keptName) ?? null,
    attributes: attributes && Object.fromEntries(attributes),
  }
  const { attributes: _fields, ...lists } = filter
  if (Object.values(lists).some((list) => (list?.length ?? 0) > LONGEST_LIST)) {
    throw new EngineError('invalid_argument', `A filter has at most ${LONGEST_LIST} entries.`)
  }
  if ((attributes?.length ?? 0) > MOST_FIELDS) {
    throw new EngineError('invalid_argument', `A filter has at most ${MOST_FIELDS} fields.`)
  }
  return Object.values(filter).every((condition) => condition === null) ? null : filter
}

function listOf(value: unknown): readonly JsonValue[] {
  return (Array.isArray(value) ? value : [value]) as readonly JsonValue[]
}
