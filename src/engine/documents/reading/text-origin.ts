import type { Author, DocumentOrigin } from '../../ports/document-record.ts'
import { eachPiece } from '../../text/text-pieces.ts'

/** Where a text comes from that was sent as such; of any length, which holds nobody. */
export async function textOrigin(
  text: string,
  author: Author | null | undefined,
): Promise<DocumentOrigin> {
  let size = 0
  await eachPiece(text, (piece) => {
    size += Buffer.byteLength(piece)
  })
  return { size, fileHash: null, author: author ?? null }
}
