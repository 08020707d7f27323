import { EngineError } from '../ports/engine-error.ts'

/** Of all bytes, where it is more than one. With more it is no text, or in another encoding. */
const MOST_ZEROS = 0.05

/**
 * The text of a file: in the encoding that its byte order mark names, or in UTF-8. A zero byte that
 * has strayed into it is left out.
 *
 * @throws {EngineError} `invalid_argument` when it is no such text
 */
export function decodeText(bytes: Uint8Array): string {
  const marked = markedEncoding(bytes)
  if (marked === null && zerosIn(bytes) > Math.max(1, MOST_ZEROS * bytes.length)) throw notText()
  try {
    return new TextDecoder(marked ?? 'utf-8', { fatal: true }).decode(bytes).replaceAll('\0', '')
  } catch {
    throw notText()
  }
}

function markedEncoding(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null
}

function zerosIn(bytes: Uint8Array): number {
  let zeros = 0
  for (let at = bytes.indexOf(0); at !== -1; at = bytes.indexOf(0, at + 1)) zeros += 1
  return zeros
}

function notText(): EngineError {
  return new EngineError(
    'invalid_argument',
    'The file is not UTF-8 text; save it as UTF-8 and upload it again.',
  )
}
