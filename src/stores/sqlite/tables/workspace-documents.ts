import type { DocumentAnnotations } from '../../../engine/ports/document-record.ts'
import type { ChunkOfOutline, DocumentStore } from '../../../engine/ports/document-store.ts'
import type { Mutex } from '../../../engine/work/mutex.ts'
import { type Calls, called } from '../calls.ts'
import type { Publisher } from '../change/publisher.ts'
import type { Connection } from '../database/connection.ts'
import type { Retrieval } from '../search/retrieval.ts'
import { customGraph } from './graph/custom-graph-table.ts'
import type { Tables } from './tables.ts'

export interface DocumentParts {
  readonly calls: Calls
  readonly connection: Connection
  readonly tables: Tables
  readonly publisher: Publisher
  readonly retrieval: Pick<Retrieval, 'forgetChunks'>
  /** Changes, of which there is one at a time. */
  readonly turns: Mutex
}

/** The documents of a workspace. */
export function workspaceDocuments(parts: DocumentParts): DocumentStore {
  const { calls, connection, tables, publisher, retrieval, turns } = parts
  const { documents } = tables
  return {
    ...called(documents, calls.told),
    ...called(
      {
        text: (documentId: string) => documents.text(documentId),
        idsBy: (names: Parameters<DocumentStore['idsBy']>[0]) => documents.idsBy(names),
        customGraph: (documentId: string) => customGraph(connection, documentId),
        chunksOf: (documentId: string, page: Parameters<DocumentStore['chunksOf']>[1]) => {
          const document = documents.row(documentId)
          if (document === null) return { chunks: [], total: 0 }
          return tables.chunks.list(document.seq, page)
        },
        withoutOutlines: (limit: number) => tables.chunks.withoutOutlines(limit),
        setOutlines: async (documentId: string, outlines: readonly ChunkOfOutline[]) => {
          const document = documents.row(documentId)
          if (document === null) return
          await turns.run(async () =>
            connection.durably(() => tables.chunks.setOutlines(document.seq, outlines)),
          )
          retrieval.forgetChunks()
        },
        setAnnotations: async (
          documentId: string,
          annotations: Partial<Omit<DocumentAnnotations, 'externalId'>>,
        ) => {
          await turns.run(() => publisher.setAnnotations(documentId, annotations))
          return documents.byId(documentId)
        },
      },
      calls.run,
    ),
  }
}
