import { EngineError } from '../errors.ts'

/**
 * The text of a file: in the encoding that its byte order mark names, or in UTF-8.
 *
 * @throws {EngineError} `invalid_argument` when it is no such text
 */
export function decodeText(bytes: Uint8Array): string {
  const marked = markedEncoding(bytes)
  // UTF-16 text is full of zero bytes; other text has none.
  if (marked === null && bytes.includes(0)) throw notText()
  try {
    return new TextDecoder(marked ?? 'utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw notText()
  }
}

function markedEncoding(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null
}

function notText(): EngineError {
  return new EngineError(
    'invalid_argument',
    'The file is not UTF-8 text; save it as UTF-8 and upload it again.',
  )
}
