import type { DocStatus } from '../../ports/document-record.ts'
import type { MetadataValue } from '../../retrieve/query-calls.ts'

/** What lists can be cut to; newer LightRAG knows two more, which no document has here. */
export type DocStatusFilter = DocStatus | 'parsing' | 'analyzing'

/** Which documents are meant: all that is given must hold; of a list, one entry. */
export interface DocumentFilterFields {
  /** Part of the name, the external id or the summary, whatever its case. */
  readonly q?: string | null | undefined
  readonly tags?: readonly string[] | null | undefined
  /** Ends of file names, such as `pdf`. */
  readonly types?: readonly string[] | null | undefined
  readonly enabled?: boolean | null | undefined
  /** Id of who sent it first. */
  readonly owner?: string | null | undefined
  /** ISO 8601, both included. */
  readonly created_from?: string | null | undefined
  readonly created_to?: string | null | undefined
  /** A field that is a list holds each of its entries. */
  readonly metadata?:
    | Readonly<Record<string, MetadataValue | readonly MetadataValue[]>>
    | null
    | undefined
}

/** Every condition as it was understood; null for none. */
export interface AppliedFilter {
  readonly q: string | null
  readonly tags: readonly string[] | null
  readonly types: readonly string[] | null
  readonly enabled: boolean | null
  readonly owner: string | null
  readonly created_from: string | null
  readonly created_to: string | null
  readonly metadata: Readonly<Record<string, readonly unknown[]>> | null
}

export interface FacetsQuery extends DocumentFilterFields {
  readonly status_filters?: readonly DocStatusFilter[] | null | undefined
}

/** What occurs among the documents that are meant, most frequent first. */
export interface FacetsResponse {
  readonly total_count: number
  readonly status: Record<string, number>
  readonly tags: readonly { readonly tag: string; readonly n: number }[]
  readonly types: readonly { readonly type: string; readonly n: number }[]
  readonly owners: readonly { readonly owner: string; readonly name: string; readonly n: number }[]
  readonly applied: AppliedFilter & { readonly status_filters: readonly DocStatusFilter[] | null }
}
