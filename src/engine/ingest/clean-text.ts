import { decodeHTML } from 'entities'

/** Controls other than tab, line feed and carriage return; the C1 block too. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is removed
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g
const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const NONCHARACTERS = /[\ufffe\uffff]/g

/**
 * The text as it is stored, hashed and shown to models: trimmed, without characters that databases
 * and XML refuse, with HTML entities resolved.
 */
export function cleanText(text: string): string {
  return withoutControls(decodeHTML(withoutControls(text.trim()))).trim()
}

function withoutControls(text: string): string {
  return text.replace(LONE_SURROGATES, '').replace(NONCHARACTERS, '').replace(CONTROLS, '')
}
