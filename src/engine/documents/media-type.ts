import { extensionOf } from './file-name.ts'

const OFFICE = 'application/vnd.openxmlformats-officedocument'
const PLAIN = 'text/plain'

/** Of files that are more than text. All others that can be read are text. */
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
  return Object.hasOwn(MEDIA_TYPES, extension) ? (MEDIA_TYPES[extension] ?? PLAIN) : PLAIN
}
