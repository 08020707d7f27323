import { EngineError } from '../ports/engine-error.ts'
import type { FileReader } from '../ports/file-reader.ts'
import { keptName } from '../text/kept-name.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is refused
const UNSAFE = /[\u0000-\u001f\u007f/\\]|^\.|[. ]$/
/** In characters: a name may be a title. Bytes are kept under names of our own. */
export const LONGEST_NAME = 1024

/** What tells a format: letters and figures, of which not all are figures. */
const FORMAT = /^\.(?=.*[a-z])[a-z0-9_-]{1,12}$/
/** In bytes, of a file by whose content its format is found. */
const HEAD_BYTES = 8 * 1024

type Readable = Pick<FileReader, 'extensions' | 'recognizes'>

/**
 * The name of an uploaded file, as it is kept. It is never used as a path, yet clients and people
 * read it as one; so what is a path is refused, not rewritten.
 *
 * @param reader what can be read: by the name, or where that tells nothing by the content
 * @param content all of it or its beginning, where it is there already
 * @throws {EngineError} `invalid_file_name`, `unsupported_file_type`
 */
export function checkedFileName(name: string, reader: Readable, content?: Uint8Array): string {
  const kept = keptName(name)
  if (kept === '' || UNSAFE.test(name.trim()) || UNSAFE.test(kept) || kept.length > LONGEST_NAME) {
    throw new EngineError(
      'invalid_file_name',
      `Invalid file name: use a plain name of at most ${LONGEST_NAME} characters, without slashes, control characters, or a leading dot.`,
    )
  }
  if (reader.extensions.includes(extensionOf(kept))) return kept
  if (reader.recognizes && isNameless(extensionOf(kept))) {
    if (content) assertRecognized(content, reader)
    return kept
  }
  throw unsupported(reader)
}

/**
 * Passes the bytes of a file on whose name may tell no format.
 *
 * @param fileName as it was checked
 * @throws {EngineError} `unsupported_file_type` at its first bytes when nothing reads it
 */
export async function* recognized(
  fileName: string,
  content: AsyncIterable<Uint8Array>,
  reader: Readable,
): AsyncGenerator<Uint8Array, void, void> {
  const head: Uint8Array[] = []
  let missing = reader.extensions.includes(extensionOf(fileName)) ? 0 : HEAD_BYTES
  for await (const piece of content) {
    if (missing > 0) {
      head.push(piece)
      missing -= piece.byteLength
      if (missing <= 0) assertRecognized(Buffer.concat(head), reader)
    }
    yield piece
  }
  if (missing > 0) assertRecognized(Buffer.concat(head), reader)
}

/** Whether an extension tells no format: there is none, or what stands behind the last dot is no such. */
export function isNameless(extension: string): boolean {
  return !FORMAT.test(extension)
}

/** With its dot, in lower case; empty when there is none. */
export function extensionOf(name: string): string {
  const kept = keptName(name)
  const dot = kept.lastIndexOf('.')
  return dot <= 0 ? '' : kept.slice(dot).toLowerCase()
}

/** The extension under which the bytes are kept; empty where the name tells no format. */
export function storedExtension(name: string): string {
  const extension = extensionOf(name)
  return isNameless(extension) ? '' : extension
}

function assertRecognized(content: Uint8Array, reader: Readable): void {
  if (!reader.recognizes?.(content.subarray(0, HEAD_BYTES))) throw unsupported(reader)
}

export function unsupported({ extensions }: Readable): EngineError {
  return new EngineError(
    'unsupported_file_type',
    `Unsupported file type. Supported types: ${extensions.join(', ')}`,
  )
}
