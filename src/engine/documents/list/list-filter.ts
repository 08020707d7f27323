import type { JsonValue, ListFilter } from '../../ports/document-record.ts'
import { EngineError } from '../../ports/engine-error.ts'
import { foldedCase } from '../../text/folded-case.ts'
import { keptName } from '../../text/kept-name.ts'
import { keptJson } from '../document-annotations.ts'
import type { AppliedFilter, DocumentFilterFields } from './list-calls.ts'

/**
 * The filter of a list; null when it has none.
 *
 * @throws {EngineError} `invalid_argument` for a date that is none
 */
export function listFilter(fields: DocumentFilterFields): ListFilter | null {
  const text = foldedCase(keptName(fields.q ?? ''))
  const filter: ListFilter = {
    text: text === '' ? null : text,
    tags: someOf(fields.tags?.map(keptName)),
    extensions: someOf(
      fields.types?.map((type) => keptName(type).replace(/^\./, '').toLowerCase()),
    ),
    enabled: fields.enabled ?? null,
    authorId: fields.owner ?? null,
    createdFrom: timeOf(fields.created_from, 'created_from'),
    createdTo: timeOf(fields.created_to, 'created_to'),
    attributes: attributesOf(fields.metadata),
  }
  return Object.values(filter).every((condition) => condition === null) ? null : filter
}

/** What a filter came to, in the words of the API. */
export function appliedFilter(
  { q }: DocumentFilterFields,
  filter: ListFilter | null,
): AppliedFilter {
  return {
    q: filter?.text === null || filter === null ? null : (q ?? null),
    tags: filter?.tags ?? null,
    types: filter?.extensions ?? null,
    enabled: filter?.enabled ?? null,
    owner: filter?.authorId ?? null,
    created_from: isoOrNull(filter?.createdFrom),
    created_to: isoOrNull(filter?.createdTo),
    metadata: filter?.attributes ?? null,
  }
}

function someOf(list: string[] | undefined): string[] | null {
  return list === undefined || list.length === 0 ? null : list
}

function timeOf(text: string | null | undefined, name: string): number | null {
  if (!text) return null
  const time = Date.parse(text)
  if (Number.isFinite(time)) return time
  const message = `${name} must be a date in ISO 8601, such as 2026-01-31T09:00:00Z.`
  throw new EngineError('invalid_argument', message)
}

function attributesOf(metadata: DocumentFilterFields['metadata']): ListFilter['attributes'] {
  const fields = Object.entries(metadata ?? {})
  if (fields.length === 0) return null
  const kept = fields.map(([name, value]) => {
    const values = (Array.isArray(value) ? value : [value]) as readonly JsonValue[]
    return [name.normalize('NFC'), values.map(keptJson)] as const
  })
  return Object.fromEntries(kept)
}

function isoOrNull(time: number | null | undefined): string | null {
  return time === null || time === undefined ? null : new Date(time).toISOString()
}
