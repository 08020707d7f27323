import type { Store } from '../../ports/store.ts'
import type { FacetsQuery, FacetsResponse } from './list-calls.ts'
import { storedStatuses } from './list-documents.ts'
import { appliedFilter, listFilter } from './list-filter.ts'

/** Of tags, types and owners each: more is no menu. */
const MOST_SHOWN = 200

/** What a list could be cut to: statuses, tags, types and owners of the documents that are meant. */
export async function documentFacets(
  { documents }: Pick<Store, 'documents'>,
  query: FacetsQuery,
): Promise<FacetsResponse> {
  const filter = listFilter(query)
  const statuses = query.status_filters?.length ? query.status_filters : null
  const found = await documents.facets({ statuses: storedStatuses(statuses), filter }, MOST_SHOWN)
  return {
    total_count: found.total,
    status: found.statuses,
    tags: found.tags,
    types: found.extensions.map(({ extension, n }) => ({ type: extension, n })),
    owners: found.authors.map(({ id, name, n }) => ({ owner: id, name, n })),
    applied: { ...appliedFilter(query, filter), status_filters: statuses },
  }
}
