import type { FacetsQuery } from '../list/list-calls.ts'

/** Fields of the caller's own. */
export type Metadata = Readonly<Record<string, unknown>>

/** What to change of a document; the rest stays. */
export interface DocumentChange {
  /** Takes the place of all tags. */
  readonly tags?: readonly string[] | undefined
  /** Takes the place of all fields of the caller's own. */
  readonly metadata?: Metadata | undefined
  /** False hides the document from queries; it stays stored. */
  readonly enabled?: boolean | undefined
}

/** Which documents an act is for: these, or all that a filter leaves of the list. */
export interface ChosenDocuments {
  readonly doc_ids?: readonly string[] | null | undefined
  readonly filter?: FacetsQuery | null | undefined
  /** Whether it is only told what would come of it. */
  readonly dry_run?: boolean | undefined
}

export interface RetryDocuments extends ChosenDocuments {}

export interface DeleteChosen extends ChosenDocuments {
  readonly delete_file?: boolean | undefined
  readonly delete_llm_cache?: boolean | undefined
}

export interface ChangeDocuments extends ChosenDocuments {
  readonly change: DocumentChange & {
    /** Beside the tags that a document has. */
    readonly add_tags?: readonly string[] | undefined
    readonly remove_tags?: readonly string[] | undefined
  }
}

/** What came of an act for several documents. */
export interface ChosenResult {
  readonly matched: number
  readonly accepted: number
  readonly dry_run: boolean
  /** One by one, the first 1,000. */
  readonly items: readonly {
    readonly id: string
    readonly result: 'accepted' | 'skipped' | 'not_found'
    /** Of what was not accepted. */
    readonly reason: string | null
  }[]
  readonly items_truncated: boolean
}
