import type { DocumentRecord, JsonObject } from '../ports/document-record.ts'
import type { InputLook, KeptFile } from '../ports/files.ts'

/** What is kept with the document of a file that stays in the input folder. */
export function scannedMetadata(look: InputLook, { contentHash }: KeptFile): JsonObject {
  return { scanned_bytes: look.bytes, scanned_at: look.writtenAt, scanned_sha256: contentHash }
}

/** Whether a document was made of a file that stayed in the input folder. */
export function isScanned({ metadata }: DocumentRecord): boolean {
  return typeof metadata.scanned_sha256 === 'string'
}

/** Whether the file looks as it did when the document was made of it. */
export function isAsSeen({ metadata }: DocumentRecord, look: InputLook): boolean {
  return metadata.scanned_bytes === look.bytes && metadata.scanned_at === look.writtenAt
}

/** Whether a document was made of these very bytes, which lay in the input folder then. */
export function isOfScanned(
  document: DocumentRecord | null,
  { contentHash }: KeptFile,
): document is DocumentRecord {
  if (document === null || document.status === 'failed') return false
  return document.metadata.scanned_sha256 === contentHash
}
