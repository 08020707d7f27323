import type { ChunkNeighbours } from '../../../engine/ports/document-store.ts'
import type { Tables } from './tables.ts'

/** A visible chunk with its neighbours on each side, in the order of the text. */
export function chunkAround(
  { chunks, documents }: Pick<Tables, 'chunks' | 'documents'>,
  chunkId: string,
  around: number,
): ChunkNeighbours | null {
  const place = chunks.placeOf(chunkId)
  const document = place === null ? null : documents.bySeq(place.document)
  if (place === null || document === null) return null
  const { ordinal } = place
  const near = chunks.between(place.document, ordinal - around, ordinal + around)
  const chunk = near.find((one) => one.ordinal === ordinal)
  if (chunk === undefined) return null
  return {
    documentId: document.id,
    filePath: document.file_path,
    previous: near.filter((one) => one.ordinal < ordinal),
    chunk,
    next: near.filter((one) => one.ordinal > ordinal),
  }
}
