import type { DocumentRecord, JsonObject } from '../ports/document-record.ts'
import type { FileReader } from '../ports/file-reader.ts'
import type { KeptFile } from '../ports/files.ts'
import type { WebPage } from './document-calls.ts'
import { storedExtension, unsupported } from './file-name.ts'
import type { PageVersion } from './page-calls.ts'

/** What is kept with the document of a page, to be asked at the next time. */
export function pageMetadata(page: WebPage, { contentHash }: KeptFile): JsonObject {
  return {
    page_url: page.url,
    page_etag: page.etag,
    page_last_modified: page.lastModified,
    page_sha256: contentHash,
  }
}

/** Null for a document that is none of a page, or could not be read. */
export function pageVersionOf({ metadata, status }: DocumentRecord): PageVersion | null {
  if (typeof metadata.page_url !== 'string' || status === 'failed') return null
  const { page_etag: etag, page_last_modified: lastModified } = metadata
  return {
    etag: typeof etag === 'string' ? etag : null,
    lastModified: typeof lastModified === 'string' ? lastModified : null,
  }
}

/** Whether a document was made of these very bytes. */
export function isOfPage(document: DocumentRecord | null, { contentHash }: KeptFile): boolean {
  return (
    document !== null &&
    pageVersionOf(document) !== null &&
    document.metadata.page_sha256 === contentHash
  )
}

/** @throws {EngineError} `unsupported_file_type` */
export function pageExtension(page: WebPage, fileReader: Pick<FileReader, 'extensions'>): string {
  const extension = storedExtension(page.extension === '' ? '' : `page${page.extension}`)
  if (fileReader.extensions.includes(extension)) return extension
  throw unsupported(fileReader)
}
