import { decodeHTML } from 'entities'

/** Controls other than tab, line feed and carriage return, the C1 block too; noncharacters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is removed
const UNFIT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g
/** Looking around each character takes long, and most texts have no such halves at all. */
const SURROGATE = /[\ud800-\udfff]/
const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/**
 * The text as it is stored, hashed and shown to models: trimmed, without characters that databases
 * and XML refuse, with HTML entities resolved.
 */
export function cleanText(text: string): string {
  return withoutControls(decodeHTML(withoutControls(text.trim()))).trim()
}

function withoutControls(text: string): string {
  const whole = SURROGATE.test(text) ? text.replace(LONE_SURROGATES, '') : text
  return whole.replace(UNFIT, '')
}
