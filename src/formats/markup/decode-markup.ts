import { decodeText } from '../../engine/read/decode-text.ts'

const XML_ENCODING = /^\s*<\?xml[^>]*?encoding=["']([\w.:-]+)["']/i
const HTML_CHARSET = /<meta[^<>]+?charset=["']?\s*([\w.:-]+)/i

/** Text of HTML or XML in the encoding that it declares, else in UTF-8. */
export function decodeMarkup(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 2048)).toString('latin1')
  const declared = (XML_ENCODING.exec(head) ?? HTML_CHARSET.exec(head))?.[1]
  // Whose declaration can be read so is not in UTF-16, whatever it declares.
  if (declared === undefined || /^utf-?(?:8|16)/i.test(declared)) return decodeText(bytes)
  try {
    return new TextDecoder(declared, { fatal: true }).decode(bytes).replaceAll('\0', '')
  } catch {
    return decodeText(bytes)
  }
}
