import type { ReadLimits } from '../reader/read-limits.ts'
import { isArchive } from '../sniff/signatures.ts'
import { UnreadableFile } from '../unreadable-file.ts'
import { ZipArchive } from '../zip-archive.ts'

const ENCRYPTED = 'encryption-data'
const MANIFEST = 'META-INF/manifest.xml'

/** The parts of an OpenDocument file as XML. One that is flat has all of them in one. */
export interface OpenDocument {
  readonly content: string
  /** Null where there are none, or they are within the content. */
  readonly styles: string | null
  /** The content of an object in it, such as a formula; null for one that is not there. */
  readonly object: (link: string) => Promise<string | null>
}

/**
 * @param format as its users know it
 * @throws {UnreadableFile} when it is none, is too large inside, or wants a password
 */
export async function openDocument(
  bytes: Buffer,
  limits: ReadLimits,
  format: string,
): Promise<OpenDocument> {
  if (!isArchive(bytes) && bytes.subarray(0, 1024).includes('<')) {
    const content = new TextDecoder('utf-8').decode(bytes)
    return { content, styles: null, object: async () => null }
  }
  const archive = await ZipArchive.open(bytes, limits, format)
  if (archive.has(MANIFEST) && (await archive.text(MANIFEST)).includes(ENCRYPTED)) {
    throw new UnreadableFile('The file is protected by a password; save it without one.')
  }
  return {
    content: await archive.text('content.xml'),
    styles: archive.has('styles.xml') ? await archive.text('styles.xml') : null,
    object: async (link) => {
      const part = `${link.replace(/^\.\//, '')}/content.xml`
      return archive.has(part) ? archive.text(part) : null
    },
  }
}
