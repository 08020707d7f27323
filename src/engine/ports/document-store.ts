import type { ChunkOutline } from '../read/chunk-outline.ts'
import type {
  DocStatus,
  DocumentAnnotations,
  DocumentFacets,
  DocumentRecord,
  ListDocuments,
} from './document-record.ts'
import type { StoredChunk } from './stored-rows.ts'

/** Documents, one by one and as lists. */
export interface DocumentStore {
  byId(id: string): Promise<DocumentRecord | null>
  byPath(filePath: string): Promise<DocumentRecord | null>
  byHash(contentHash: string): Promise<DocumentRecord | null>
  /** By the bytes of the file that it came as. */
  byFileHash(fileHash: string): Promise<DocumentRecord | null>
  byExternalId(externalId: string): Promise<DocumentRecord | null>
  /** Ids of the documents that have one of these external ids or paths, in order of intake. */
  idsBy(names: {
    readonly externalIds: readonly string[]
    readonly filePaths: readonly string[]
  }): Promise<string[]>
  list(query: ListDocuments): Promise<{ documents: DocumentRecord[]; total: number }>
  /**
   * What occurs among the documents that a list would hold.
   *
   * @param most of tags, extensions and authors each
   */
  facets(query: Pick<ListDocuments, 'statuses' | 'filter'>, most: number): Promise<DocumentFacets>
  /**
   * Ids of the documents that a list would hold, in order of intake.
   *
   * @param after the place up to which they were read; 0 at the beginning
   * @returns `limit` at most, and the place of the last
   */
  matching(
    query: Pick<ListDocuments, 'statuses' | 'filter'>,
    after: number,
    limit: number,
  ): Promise<{ readonly ids: readonly string[]; readonly place: number }>
  byTrack(trackId: string): Promise<DocumentRecord[]>
  statusCounts(): Promise<Record<DocStatus, number>>

  text(documentId: string): Promise<string | null>
  /**
   * A part of a text of any length, which holds nobody; null where there is none.
   *
   * @param from in UTF-16 units, as is `to`, exclusive; moved so that no character is cut in two
   */
  textPart(documentId: string, from: number, to: number): Promise<TextPart | null>
  /**
   * Headings and pages that begin in a part of the text, as the visible chunks tell, in order. The
   * first page is that of the beginning of the part.
   *
   * @param most of each
   */
  outline(documentId: string, from: number, to: number, most: number): Promise<DocumentOutline>
  /** Of which documents these chunks are; those that are not visible are left out. */
  documentsOfChunks(chunkIds: readonly string[]): Promise<Map<string, string>>
  /** Where these visible chunks stand, in the order asked for; none of their texts. */
  placesOfChunks(chunkIds: readonly string[]): Promise<ChunkPlace[]>
  /** A visible chunk with so many before and behind it; null for one that is not there. */
  chunkAround(chunkId: string, around: number): Promise<ChunkNeighbours | null>
  /** The graph that came with a document, or null. */
  customGraph(documentId: string): Promise<string | null>
  /** The visible chunks of a document in order, or those of them that were set aside. */
  chunksOf(
    documentId: string,
    page: { readonly onlySetAside: boolean; readonly offset: number; readonly limit: number },
  ): Promise<{ chunks: DocumentChunk[]; total: number }>
  /**
   * Changes what is given; durable once resolved, and a visible change. Null for an unknown document.
   */
  setAnnotations(
    documentId: string,
    annotations: Partial<Omit<DocumentAnnotations, 'externalId'>>,
  ): Promise<DocumentRecord | null>
  /**
   * The same of several documents, a visible change each some of them; durable once resolved.
   *
   * @param change what becomes of a document; null leaves it as it is
   * @returns ids of those that were changed
   */
  changeAnnotations(
    documentIds: readonly string[],
    change: (annotations: DocumentAnnotations) => AnnotationChange | null,
  ): Promise<string[]>
  /** Where these documents are in their course; unknown ones are left out. */
  statusesOf(documentIds: readonly string[]): Promise<Map<string, DocStatus>>
  /** Ids of documents with visible chunks that were cut before outlines were kept. */
  withoutOutlines(limit: number): Promise<string[]>
  /**
   * Gives the visible chunks of a document these outlines and pages; those that are not named have no
   * outline for good, and keep their page.
   */
  setOutlines(documentId: string, outlines: readonly ChunkOfOutline[]): Promise<void>
}

export type AnnotationChange = Partial<Omit<DocumentAnnotations, 'externalId'>>

export interface ChunkOfOutline {
  readonly ordinal: number
  readonly outline: ChunkOutline
  /** On which it begins; null where there are no pages. */
  readonly page: number | null
}

/** A chunk as the list of a document's chunks shows it. */
export interface DocumentChunk
  extends Omit<StoredChunk, 'key' | 'documentId' | 'filePath' | 'outline'> {
  /** Why a model was given up for this chunk, or null. */
  readonly error: string | null
}

export interface TextPart {
  /** Of the whole text. */
  readonly length: number
  readonly from: number
  readonly to: number
  readonly text: string
}

/** Places are in UTF-16 units of the document's text. */
export interface DocumentOutline {
  readonly headings: readonly {
    readonly level: number
    readonly title: string
    readonly start: number
  }[]
  readonly pages: readonly { readonly page: number; readonly start: number }[]
  readonly truncated: boolean
}

/** In the order of the text. */
export interface ChunkNeighbours {
  readonly documentId: string
  readonly filePath: string
  readonly previous: readonly DocumentChunk[]
  readonly chunk: DocumentChunk
  readonly next: readonly DocumentChunk[]
}

/** In UTF-16 units of the document's text. */
export interface ChunkPlace {
  readonly chunkId: string
  readonly documentId: string
  readonly filePath: string
  readonly ordinal: number
  readonly start: number
  readonly end: number
  readonly page: number | null
}
