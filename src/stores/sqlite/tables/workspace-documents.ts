import type { DocumentAnnotations } from '../../../engine/ports/document-record.ts'
import type {
  AnnotationChange,
  ChunkOfOutline,
  DocumentStore,
} from '../../../engine/ports/document-store.ts'
import type { Mutex } from '../../../engine/work/mutex.ts'
import { nextTurn } from '../../../engine/work/turns.ts'
import { batches, inBatches, inSlices } from '../../../vectors/slices.ts'
import { type Calls, called } from '../calls.ts'
import type { Publisher } from '../change/publisher.ts'
import type { Connection } from '../database/connection.ts'
import type { Retrieval } from '../search/retrieval.ts'
import { customGraph } from './graph/custom-graph-table.ts'
import { chunkAround } from './neighbour-chunks.ts'
import { OutlineReader } from './outline-reader.ts'
import type { Tables } from './tables.ts'
import { textPart } from './text-part.ts'

/** Documents changed in one transaction: 3 ms at most. */
const CHANGED_AT_ONCE = 100
/** Chunks looked up at a time: 1 ms at most. */
const IDS_AT_ONCE = 100

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
        textPart: (documentId: string, from: number, to: number) => {
          const document = documents.row(documentId)
          return document === null ? null : textPart(connection, document, from, to)
        },
        outline: async (documentId: string, from: number, to: number, most: number) => {
          const document = documents.row(documentId)
          const outline = new OutlineReader({ from, to, most })
          if (document !== null) await inSlices(outline.read(tables.chunks, document.seq))
          return outline.result
        },
        documentsOfChunks: async (chunkIds: readonly string[]) => {
          const found = await inBatches([...new Set(chunkIds)], IDS_AT_ONCE, (some) =>
            tables.chunks.documents(some),
          )
          return new Map(found)
        },
        placesOfChunks: (chunkIds: readonly string[]) =>
          inBatches([...new Set(chunkIds)], IDS_AT_ONCE, (some) => tables.chunks.places(some)),
        chunkAround: (chunkId: string, around: number) => chunkAround(tables, chunkId, around),
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
        changeAnnotations: async (
          documentIds: readonly string[],
          change: (annotations: DocumentAnnotations) => AnnotationChange | null,
        ) => {
          const changed: string[] = []
          for (const some of batches(documentIds, CHANGED_AT_ONCE)) {
            const done = await turns.run(() =>
              publisher.changeAnnotations(some, (id) => {
                const document = documents.byId(id)
                return document && change(document.annotations)
              }),
            )
            for (const id of done) changed.push(id)
            await nextTurn()
          }
          return changed
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
