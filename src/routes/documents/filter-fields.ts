import type { FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { DocStatusFilter, FacetsQuery } from '../../engine/documents/list/list-calls.ts'
import { shorten } from '../../http/errors/shorten.ts'
import { RequestValidationError } from '../../http/errors/validation-error.ts'
import { authorOf } from '../../http/request-author.ts'
import { MetadataFilter } from '../metadata-filter.ts'
import { type FacetsQueryString, STATUS_FILTERS } from './list-schemas.ts'

const metadataFilter = Compile(MetadataFilter)

/** The owner that a filter means: `me` is the caller, who owns nothing where nobody is known. */
export function ownerIn(
  request: FastifyRequest,
  { owner }: { readonly owner?: string | null | undefined },
): { readonly owner?: string | null } {
  if (owner === undefined) return {}
  return { owner: owner === 'me' ? (authorOf(request)?.id ?? '') : owner }
}

/** @throws {RequestValidationError} for a status that is none, and metadata that are no filter */
export function facetsQuery(
  request: FastifyRequest,
  query: Static<typeof FacetsQueryString>,
): FacetsQuery {
  const { tags, types, status, metadata, ...rest } = query
  return {
    ...rest,
    ...ownerIn(request, rest),
    tags: listOf(tags),
    types: listOf(types),
    status_filters: listOf(status)?.map(statusFilter),
    metadata: metadata === undefined ? undefined : metadataIn(metadata),
  }
}

function listOf(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? [value] : value
}

function statusFilter(text: string): DocStatusFilter {
  const known = STATUS_FILTERS.find((status) => status === text)
  if (known !== undefined) return known
  throw refused('status', text, `Input should be one of ${STATUS_FILTERS.join(', ')}`)
}

function metadataIn(text: string): FacetsQuery['metadata'] {
  const fault = 'Input should be a JSON object of fields with values'
  try {
    const value: unknown = JSON.parse(text)
    if (metadataFilter.Check(value)) return value
  } catch {
    throw refused('metadata', text, fault)
  }
  throw refused('metadata', text, fault)
}

function refused(field: string, text: string, msg: string): RequestValidationError {
  return new RequestValidationError([
    { type: 'value_error', loc: ['query', field], msg, input: shorten(text) },
  ])
}
