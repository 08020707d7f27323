export type DocStatus = 'pending' | 'processing' | 'preprocessed' | 'processed' | 'failed'

export const DOC_STATUSES = [
  'pending',
  'processing',
  'preprocessed',
  'processed',
  'failed',
] as const

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

export type JsonObject = { readonly [key: string]: JsonValue }

/** What a caller says of a document of their own. */
export interface DocumentAnnotations {
  /** The caller's own id; no two documents of a workspace share one. */
  readonly externalId: string | null
  readonly tags: readonly string[]
  /** The caller's own fields. */
  readonly attributes: JsonObject
  /** A document that is not enabled stays stored, and no query sees it. */
  readonly enabled: boolean
}

export interface DocumentRecord {
  readonly id: string
  readonly filePath: string
  readonly status: DocStatus
  /** The first 250 characters of the text, with three dots when cut. */
  readonly contentSummary: string
  /** In code points; for a file not read yet, its size in bytes. */
  readonly contentLength: number
  /** Milliseconds since 1970, as is `updatedAt`. */
  readonly createdAt: number
  readonly updatedAt: number
  readonly trackId: string
  readonly chunksCount: number | null
  readonly errorMsg: string | null
  readonly metadata: JsonObject
  /** How often processing was begun; not counted when a model or the storage was out. */
  readonly attempts: number
  /** What counts against it: models failed for it while they answered others. */
  readonly blame: number
  /** How many processes have ended by the work on it. */
  readonly deaths: number
  /** Until when it waits for another attempt, in milliseconds; null for at once. */
  readonly nextAttemptAt: number | null
  /** Grows with every accepted replacement; a commit for an older revision is refused. */
  readonly revision: number
  /** File below the input folder that holds the bytes, when the document came as a file. */
  readonly storedFile: string | null
  readonly annotations: DocumentAnnotations
  /** How the document is cut into chunks, fixed when it was taken in; null means the default. */
  readonly chunking: JsonObject | null
  readonly origin: DocumentOrigin
}

/** What came, and from whom; null is what was taken in before it was kept. */
export interface DocumentOrigin {
  /** Of the file or the text, in bytes. */
  readonly size: number | null
  /** SHA-256 of the bytes of a file, in hex; null for texts as well. */
  readonly fileHash: string | null
  /** Who sent it first. */
  readonly author: Author | null
}

/** Who sent something, as the server knows them. */
export interface Author {
  readonly id: string
  readonly name: string
}

/** How an attempt ended that put nothing in place. */
export type AttemptEnd =
  | { readonly status: 'failed'; readonly errorMsg: string }
  /** Nothing counts against the document, and it keeps its place in the queue. */
  | {
      readonly status: 'pending'
      readonly errorMsg: string | null
      /** Whether the attempt is one that counts as begun. */
      readonly counts: boolean
    }
  /** It goes behind those that are in the queue by now. */
  | {
      readonly status: 'waiting'
      readonly errorMsg: string
      /** In milliseconds. */
      readonly nextAttemptAt: number
      readonly blame: number
    }

/** A document that a process had in work when it ended. */
export interface InterruptedDocument {
  readonly id: string
  readonly filePath: string
  readonly trackId: string
  /** Who had claimed it. */
  readonly owner: string
  /** What was begun last. */
  readonly step: string
  readonly deaths: number
}

/** What becomes of such a document whose process ended by the work on it. */
export interface DeathCount {
  readonly deaths: number
  readonly errorMsg: string
  /** Whether it is given up. */
  readonly failed: boolean
}

export interface NewDocument {
  readonly id: string
  readonly filePath: string
  readonly trackId: string
  readonly contentSummary: string
  readonly contentLength: number
  /** Hash of the cleaned text, or of the bytes of a file that is not read yet. */
  readonly contentHash: string
  readonly metadata: JsonObject
  /** The cleaned text, or null while only the file is known. */
  readonly text: string | null
  readonly storedFile: string | null
  /** Why it cannot be processed: it is taken in as `failed` with this message. */
  readonly failure?: string
  /** A graph that came with the text, for the engine to read; no model is then asked for one. */
  readonly graph?: string
  /** What is left out has its default in a new document, and stays as it was in a replaced one. */
  readonly annotations?: Partial<Omit<DocumentAnnotations, 'enabled'>>
  readonly chunking?: JsonObject
  readonly origin?: DocumentOrigin
}

/** What became of one {@link NewDocument}. */
export type EnqueueOutcome =
  | {
      readonly kind: 'queued'
      /** Whose place it took. */
      readonly replaced: string | null
      /** File below the input folder that belonged to what was replaced, and to nobody now. */
      readonly freedFile?: string
    }
  | {
      readonly kind: 'duplicate'
      /** What of it was known. */
      readonly by: 'external_id' | 'name' | 'content'
      readonly existing: DocumentRecord
    }

export interface EnqueueOptions {
  /**
   * What a known external id or file name means: refuse the new text, or put it in the place of the
   * old. The old version stays visible until the new one is committed. A document with an external
   * id of its own is never replaced for its name under another id.
   */
  readonly onConflict: 'keep' | 'replace'
}

/** Where a document stands in a list: the value it is sorted by, and its id. */
export interface DocumentCursor {
  /** In milliseconds for times. */
  readonly value: string | number
  readonly id: string
}

/** Which documents of a list are meant: all conditions that are not null hold. */
export interface ListFilter {
  /** With case folded: stands in the name, the external id or the summary. */
  readonly text: string | null
  /** Of which one will do, as of extensions. */
  readonly tags: readonly string[] | null
  /** Of names of files, without dots, in lower case; an empty one for names without. */
  readonly extensions: readonly string[] | null
  readonly enabled: boolean | null
  /** Id of who sent it first. */
  readonly authorId: string | null
  /** In milliseconds since 1970, both included. */
  readonly createdFrom: number | null
  readonly createdTo: number | null
  /** Each field with the values of which one will do. */
  readonly attributes: Readonly<Record<string, readonly JsonValue[]>> | null
}

/** What occurs among documents, and how often; most frequent first. */
export interface DocumentFacets {
  readonly total: number
  readonly statuses: Record<DocStatus, number>
  readonly tags: readonly { readonly tag: string; readonly n: number }[]
  readonly extensions: readonly { readonly extension: string; readonly n: number }[]
  readonly authors: readonly { readonly id: string; readonly name: string; readonly n: number }[]
}

export interface ListDocuments {
  readonly statuses: readonly DocStatus[] | null
  /** Null for all of these statuses. */
  readonly filter?: ListFilter | null | undefined
  readonly sortField: 'created_at' | 'updated_at' | 'id' | 'file_path'
  readonly sortDirection: 'asc' | 'desc'
  readonly offset: number
  readonly limit: number
  /** Only what comes behind this place, in the order asked for. */
  readonly after?: DocumentCursor | undefined
}
