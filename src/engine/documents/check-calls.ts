/** A file that somebody is about to send. */
export interface FileToCheck {
  readonly name: string
  /** In bytes. */
  readonly size: number
  /** Of its bytes, in hex. */
  readonly sha256?: string | null | undefined
  readonly external_id?: string | null | undefined
}

/**
 * What would become of a file: `changed` where another is here under its name or id, `same` where its
 * very bytes are.
 */
export type FileVerdict =
  | 'new'
  | 'same'
  | 'changed'
  | 'too_large'
  | 'unsupported'
  | 'invalid_name'
  | 'over_quota'

export interface CheckedFiles {
  /** In the order asked for. */
  readonly items: readonly {
    readonly name: string
    readonly verdict: FileVerdict
    /** Of the document that is here. */
    readonly document_id: string | null
    readonly reason: string | null
  }[]
}
