import { extname } from 'node:path/posix'

const FORMATS: Readonly<Record<string, string>> = {
  'text/html': '.html',
  'application/xhtml+xml': '.html',
  'text/markdown': '.md',
  'text/csv': '.csv',
  'text/tab-separated-values': '.tsv',
  'text/xml': '.xml',
  'application/xml': '.xml',
  'application/rss+xml': '.xml',
  'application/atom+xml': '.xml',
  'application/json': '.json',
  'application/x-ndjson': '.jsonl',
  'application/pdf': '.pdf',
  'application/rtf': '.rtf',
  'text/rtf': '.rtf',
  'application/epub+zip': '.epub',
  'text/vtt': '.vtt',
  'message/rfc822': '.eml',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': '.docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': '.xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': '.pptx',
  'application/vnd.oasis.opendocument.text': '.odt',
  'application/vnd.oasis.opendocument.spreadsheet': '.ods',
  'application/vnd.oasis.opendocument.presentation': '.odp',
}
/** What servers say of files that they do not know; the name tells more. */
const UNTOLD = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'text/plain'])

/**
 * The extension by which something on the web is read; null when nothing reads it.
 *
 * @param type as the server sends it, with parameters
 * @param path of the URL
 * @param extensions of formats that are read
 */
export function formatOfMediaType(
  type: string,
  path: string,
  extensions: readonly string[],
): string | null {
  const [bare = ''] = type.toLowerCase().split(';', 1)
  const told = FORMATS[bare.trim()]
  if (told !== undefined) return told
  if (!UNTOLD.has(bare.trim())) return null
  const named = extname(path).toLowerCase()
  if (extensions.includes(named)) return named
  return bare.trim() === 'text/plain' ? '.txt' : null
}
