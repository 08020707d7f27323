import { EngineError } from '../../engine/ports/engine-error.ts'
import { decodeText } from '../../engine/read/decode-text.ts'
import { UnreadableFile } from '../unreadable-file.ts'
import { decodeBytes } from './decode-bytes.ts'
import { detectEncoding } from './detect-encoding.ts'
import { utf16Order } from './utf16-order.ts'

export interface DecodedFile {
  readonly text: string
  /** As the Encoding Standard names it; null for UTF-8 and for what a byte order mark tells. */
  readonly encoding: string | null
}

/** How a text in ISO-2022-JP goes over to Japanese; each of its bytes is ASCII as well. */
const TO_JAPANESE = ['\x1b$B', '\x1b$@'].map((shift) => Buffer.from(shift))

/**
 * The text of a file that does not say in what it is encoded: UTF-8 where that is possible, else what
 * it most likely is.
 *
 * @throws {UnreadableFile} when it is no text, or nothing is likely
 */
export function decodeFile(bytes: Buffer): DecodedFile {
  if (TO_JAPANESE.some((shift) => bytes.includes(shift))) {
    const text = decodedAs(bytes, 'iso-2022-jp')
    if (text !== null) return text
  }
  try {
    return { text: decodeText(bytes), encoding: null }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    const guessed = utf16Order(bytes) ?? (bytes.includes(0) ? null : detectEncoding(bytes))
    const decoded = guessed === null ? null : decodedAs(bytes, guessed)
    if (decoded !== null) return decoded
    throw new UnreadableFile(
      'The file is not UTF-8 text, nor surely in another encoding; save it as UTF-8 and upload it again.',
    )
  }
}

/** Null when the bytes are not in this encoding, or there is no such. */
export function decodedAs(bytes: Uint8Array, encoding: string): DecodedFile | null {
  try {
    const text = decodeBytes(bytes, encoding).replaceAll('\0', '')
    return { text, encoding: new TextDecoder(encoding).encoding }
  } catch {
    return null
  }
}
