import { EngineError } from '../../ports/engine-error.ts'
import type { Files } from '../../ports/files.ts'
import type { Store } from '../../ports/store.ts'
import { notFound } from '../documents.ts'
import { mediaTypeOf } from '../media-type.ts'
import type { OriginalBytes, OriginalFile } from './reading-calls.ts'

interface FileParts {
  readonly store: Pick<Store, 'documents'>
  readonly uploads: Pick<Files, 'size' | 'read'>
}

/**
 * What is known of the file that a document came as.
 *
 * @throws {EngineError} `document_not_found`, `file_not_found`
 */
export async function originalFile(parts: FileParts, documentId: string): Promise<OriginalFile> {
  const { file_name, size, mime, tag } = await stored(parts, documentId)
  return { file_name, size, mime, tag }
}

/** @throws {EngineError} `document_not_found`, `file_not_found` */
export async function* originalBytes(
  parts: FileParts,
  { document_id, tag, first, last }: OriginalBytes,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const file = await stored(parts, document_id)
  if (file.tag !== tag) throw noFile(document_id)
  for await (const piece of parts.uploads.read(file.name, first, last)) {
    signal?.throwIfAborted()
    yield piece
  }
}

async function stored(
  { store, uploads }: FileParts,
  documentId: string,
): Promise<OriginalFile & { readonly name: string }> {
  const document = await store.documents.byId(documentId)
  if (document === null) throw notFound(documentId)
  const { storedFile: name, filePath, origin } = document
  const size = name === null ? null : await uploads.size(name)
  if (name === null || size === null) throw noFile(documentId)
  const tag = origin.fileHash ?? name.slice(0, name.lastIndexOf('.'))
  return { name, file_name: filePath, size, mime: mediaTypeOf(filePath), tag }
}

function noFile(documentId: string): EngineError {
  return new EngineError('file_not_found', `There is no file of the document '${documentId}'.`)
}
