import { extensionOf } from './file-name.ts'

const OFFICE = 'application/vnd.openxmlformats-officedocument'
const PLAIN = 'text/plain'

/** Packed, or pictures: what nobody has named is not to be taken for text. */
const UNKNOWN = 'application/octet-stream'
const TEXTS =
  /^\.(txt|log|rst|org|adoc|asciidoc|tex|ya?ml|conf|ini|properties|toml|sql|bat|sh|py|rb|php|go|rs|swift|java|kt|cs|c|h|cpp|hpp|jsx?|tsx?|css|scss|less|srt)$/

/** Of files that are more than text. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.pdf': 'application/pdf',
  '.docx': `${OFFICE}.wordprocessingml.document`,
  '.pptx': `${OFFICE}.presentationml.presentation`,
  '.xlsx': `${OFFICE}.spreadsheetml.sheet`,
  '.odt': 'application/vnd.oasis.opendocument.text',
  '.ods': 'application/vnd.oasis.opendocument.spreadsheet',
  '.odp': 'application/vnd.oasis.opendocument.presentation',
  '.eml': 'message/rfc822',
  '.msg': 'application/vnd.ms-outlook',
  '.vtt': 'text/vtt',
  '.ipynb': 'application/x-ipynb+json',
  '.rtf': 'application/rtf',
  '.epub': 'application/epub+zip',
  '.html': 'text/html',
  '.htm': 'text/html',
  '.csv': 'text/csv',
  '.tsv': 'text/tab-separated-values',
  '.jsonl': 'application/jsonl',
  '.json': 'application/json',
  '.xml': 'application/xml',
  '.md': 'text/markdown',
  '.mdx': 'text/markdown',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
}

/** What a file is by the end of its name; nobody has looked into it. */
export function mediaTypeOf(name: string): string {
  const extension = extensionOf(name)
  if (TEXTS.test(extension)) return PLAIN
  return Object.hasOwn(MEDIA_TYPES, extension) ? (MEDIA_TYPES[extension] ?? UNKNOWN) : UNKNOWN
}
