import { EngineError } from '../../ports/engine-error.ts'
import type { Store } from '../../ports/store.ts'
import { shownChunk } from '../documents.ts'
import type { ChunkAround } from './reading-calls.ts'

/**
 * A chunk with its neighbours in the text.
 *
 * @throws {EngineError} `chunk_not_found`
 */
export async function chunkAround(
  { documents }: Pick<Store, 'documents'>,
  chunkId: string,
  around: number,
): Promise<ChunkAround> {
  const found = await documents.chunkAround(chunkId, around)
  if (!found) throw new EngineError('chunk_not_found', `There is no chunk '${chunkId}'.`)
  return {
    chunk: shownChunk(found.chunk),
    document_id: found.documentId,
    file_path: found.filePath,
    previous: found.previous.map(shownChunk),
    next: found.next.map(shownChunk),
  }
}
