import { EngineError } from '../../engine/ports/engine-error.ts'
import { decodeFile } from '../encoding/decode-file.ts'
import { UnreadableFile } from '../unreadable-file.ts'
import { isArchive, isCompoundFile, isPdf, isRtf } from './signatures.ts'

/** Names of parts that stand near the beginning of every archive that is read. */
const PARTS = ['mimetype', '[Content_Types].xml', '_rels/', 'META-INF/container.xml']
/** Of the last character of a text that was cut anywhere, in bytes. */
const LONGEST_CHARACTER = 4

/**
 * Whether a file whose name tells no format can be one that is read, by its first bytes. What this
 * takes may still turn out to be none when all of it is there.
 */
export function recognizeHead(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  if (isPdf(bytes) || isRtf(bytes) || isCompoundFile(bytes)) return true
  if (isArchive(bytes)) return PARTS.some((part) => bytes.includes(part))
  return isText(bytes)
}

function isText(bytes: Buffer): boolean {
  for (let cut = 0; cut < LONGEST_CHARACTER; cut++) {
    try {
      decodeFile(bytes.subarray(0, bytes.length - cut))
      return true
    } catch (error) {
      if (!(error instanceof UnreadableFile || error instanceof EngineError)) throw error
    }
  }
  return false
}
