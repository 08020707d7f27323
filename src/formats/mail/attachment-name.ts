import { extname } from 'node:path'

// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is replaced
const UNFIT = /[\u0000-\u001f\u007f/\\]/g
/** In characters. */
const LONGEST = 200

/**
 * A plain name for a file that came with a mail, which no other of the mail has.
 *
 * @param number its place in the mail, for one without a name
 */
export function attachmentName(given: string, number: number, taken: ReadonlySet<string>): string {
  const plain = given.replace(UNFIT, '_').replace(/\s+/g, ' ').trim().replace(/^\.+/, '')
  const extension = extname(plain).slice(0, LONGEST / 10)
  const stem = plain.slice(0, plain.length - extname(plain).length).slice(0, LONGEST)
  const name = stem === '' ? `attachment ${number}${extension}` : `${stem}${extension}`
  return taken.has(name) ? `${stem || 'attachment'} (${number})${extension}` : name
}
