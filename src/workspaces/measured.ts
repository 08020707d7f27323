/** What a workspace holds and takes, as it was looked at. */
export interface Measured {
  readonly documents: number
  readonly entities: number
  readonly relations: number
  /** Of all its files: database, log, indexes, uploads, and what waits in its inputs. */
  readonly bytes: number
  /** What of that are its database and its indexes, and what the log of the database. */
  readonly storedBytes: number
  readonly logBytes: number
  /** Of the database, in pages that what comes next is written into. */
  readonly freeBytes: number
  /** What the database grows by when its log is copied into it. */
  readonly unwrittenBytes: number
  /** Length of vectors; null before there are any. */
  readonly dimension: number | null
  /** About how much text was processed, in characters. */
  readonly processedText: number
  readonly pending: PendingContent
  /** Whether documents wait to be processed or deleted. */
  readonly isBusy: boolean
}

/** Documents that are to be processed. */
export interface PendingContent {
  readonly documents: number
  /** In bytes, about. */
  readonly text: number
  /** Bytes of files of which an unknown part is text, as of a PDF. */
  readonly packed: number
}
