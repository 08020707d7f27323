import type { ChunkOutline } from '../read/chunk-outline.ts'
import type {
  DocStatus,
  DocumentAnnotations,
  DocumentRecord,
  ListDocuments,
} from './document-record.ts'
import type { StoredChunk } from './stored-rows.ts'

/** Documents, one by one and as lists. */
export interface DocumentStore {
  byId(id: string): Promise<DocumentRecord | null>
  byPath(filePath: string): Promise<DocumentRecord | null>
  byHash(contentHash: string): Promise<DocumentRecord | null>
  byExternalId(externalId: string): Promise<DocumentRecord | null>
  /** Ids of the documents that have one of these external ids or paths, in order of intake. */
  idsBy(names: {
    readonly externalIds: readonly string[]
    readonly filePaths: readonly string[]
  }): Promise<string[]>
  list(query: ListDocuments): Promise<{ documents: DocumentRecord[]; total: number }>
  byTrack(trackId: string): Promise<DocumentRecord[]>
  statusCounts(): Promise<Record<DocStatus, number>>

  text(documentId: string): Promise<string | null>
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
  /** Ids of documents with visible chunks that were cut before outlines were kept. */
  withoutOutlines(limit: number): Promise<string[]>
  /**
   * Gives the visible chunks of a document these outlines and pages; those that are not named have no
   * outline for good, and keep their page.
   */
  setOutlines(documentId: string, outlines: readonly ChunkOfOutline[]): Promise<void>
}

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
