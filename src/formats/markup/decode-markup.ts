import { type DecodedFile, decodedAs, decodeFile } from '../encoding/decode-file.ts'

const XML_ENCODING = /^\s*<\?xml[^>]*?encoding=["']([\w.:-]+)["']/i
const HTML_CHARSET = /<meta[^<>]+?charset=["']?\s*([\w.:-]+)/i

/**
 * Text of HTML or XML in the encoding that its byte order mark or its declaration names, else in the
 * one that it most likely is in.
 *
 * @throws {UnreadableFile} when it is no text, or nothing is likely
 */
export function decodeMarkup(bytes: Buffer): DecodedFile {
  const head = bytes.subarray(0, 2048).toString('latin1')
  const declared = (XML_ENCODING.exec(head) ?? HTML_CHARSET.exec(head))?.[1]
  // Whose declaration can be read so is not in UTF-16, whatever it declares.
  if (declared === undefined || /^utf-?(?:8|16)/i.test(declared) || isMarked(bytes)) {
    return decodeFile(bytes)
  }
  return decodedAs(bytes, declared) ?? decodeFile(bytes)
}

/** The same for HTML, which is in windows-1252 where nothing tells otherwise. */
export function decodeHtml(bytes: Buffer): DecodedFile {
  try {
    return decodeMarkup(bytes)
  } catch (error) {
    const western = bytes.includes(0) ? null : decodedAs(bytes, 'windows-1252')
    if (western === null) throw error
    return western
  }
}

function isMarked(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}
