import type { Citation } from '../../retrieve/query-calls.ts'

export interface DocumentChunksQuery {
  /** `set_aside` for those that extraction gave up. */
  readonly status?: 'set_aside' | undefined
  /** From 1. */
  readonly page?: number | undefined
  /** 1 to 200. */
  readonly page_size?: number | undefined
}

export interface DocumentChunks {
  readonly document_id: string
  readonly chunks: readonly (Omit<Citation, 'document_id' | 'sentence' | 'end_page'> & {
    readonly content: string
    readonly tokens: number
    readonly status: 'extracted' | 'set_aside'
    readonly error: string | null
  })[]
  readonly total_count: number
}

/** A chunk as a reader of its document sees it. */
export type ShownChunk = DocumentChunks['chunks'][number]

/** A chunk among its neighbours. */
export interface ChunkAround {
  readonly chunk: ShownChunk
  readonly document_id: string
  readonly file_path: string
  /** In the order of the text; none at its beginning. */
  readonly previous: readonly ShownChunk[]
  readonly next: readonly ShownChunk[]
}

/** Which part of a document's text. */
export interface DocumentTextQuery {
  /** In UTF-16 units, from 0; what lies beyond the end is cut off. */
  readonly from?: number | undefined
  /** Exclusive; 65,536 behind `from` at most, and unless given. */
  readonly to?: number | undefined
  /** Whether headings and pages of the whole text are told. */
  readonly outline?: boolean | undefined
}

export interface DocumentText {
  readonly document_id: string
  /** Of the whole text, in UTF-16 units; 0 while there is none. */
  readonly length: number
  /** As asked for, but never in the middle of a character. */
  readonly from: number
  readonly to: number
  readonly text: string
  /** That begin in the part, or in the whole text; none before the document is processed. */
  readonly headings: readonly {
    readonly level: number
    readonly title: string
    readonly start: number
  }[]
  readonly pages: readonly { readonly page: number; readonly start: number }[]
  /** Whether there are more of them than are told. */
  readonly outline_truncated: boolean
}

/** The file that a document came as. */
export interface OriginalFile {
  /** The document's name for it. */
  readonly file_name: string
  /** In bytes. */
  readonly size: number
  readonly mime: string
  /** Another for other bytes. */
  readonly tag: string
}

/** Which bytes of it. */
export interface OriginalBytes {
  readonly document_id: string
  /** Of the file that is meant: with another, nothing is sent. */
  readonly tag: string
  /** Both included, from 0. */
  readonly first: number
  readonly last: number
}
