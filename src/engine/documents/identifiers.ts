import { createHash, randomUUID } from 'node:crypto'
import { eachPiece } from '../text/text-pieces.ts'

function md5(...parts: string[]): string {
  // Parts are separated, so that no two lists of parts have one hash.
  return createHash('md5').update(parts.join('\u0000'), 'utf8').digest('hex')
}

/** LightRAG's id of a text: the same cleaned text has the same id. */
export function documentId(text: string): string {
  return `doc-${md5(text)}`
}

/** The same as {@link documentId} for a text of any length, which holds nobody. */
export async function documentIdInTurns(text: string): Promise<string> {
  return `doc-${await digestInTurns('md5', text)}`
}

/** Id of a file that is not read yet. `contentHash` is that of its bytes. */
export function fileDocumentId(contentHash: string, fileName: string): string {
  return `doc-${md5(contentHash, fileName)}`
}

/** Scoped by document, so that no two documents share a chunk. */
export function chunkId(documentId: string, ordinal: number, content: string): string {
  return `chunk-${md5(documentId, String(ordinal), content)}`
}

export function contentHash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** The same as {@link contentHash} for a text of any length, which holds nobody. */
export function contentHashInTurns(text: string): Promise<string> {
  return digestInTurns('sha256', text)
}

async function digestInTurns(algorithm: string, text: string): Promise<string> {
  const hash = createHash(algorithm)
  await eachPiece(text, (piece) => hash.update(piece, 'utf8'))
  return hash.digest('hex')
}

/** `<prefix>_<YYYYMMDD>_<HHMMSS>_<8 hex>`, in local time. */
export function newTrackId(prefix: 'insert' | 'upload' | 'scan', now = new Date()): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
  return `${prefix}_${day}_${time}_${randomUUID().slice(0, 8)}`
}
