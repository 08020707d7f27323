import { decodeHTML } from 'entities'
import { mapPieces } from '../text/text-pieces.ts'

/** Controls other than tab, line feed and carriage return, the C1 block too; noncharacters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what is removed
const UNFIT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g
/** Looking around each character takes long, and most texts have no such halves at all. */
const SURROGATE = /[\ud800-\udfff]/
const LONE_SURROGATES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

const LINE_END = /\r\n?/g

/**
 * The text as it is stored and shown to models: trimmed, without characters that databases and XML
 * refuse, with one form of line ends. All else stays as it was sent: what looks like an entity of HTML
 * may be code.
 */
export function cleanText(text: string): string {
  return cleaned(text.trim()).trim()
}

/** The same for a text of any length, which holds nobody. */
export async function cleanTextInTurns(text: string): Promise<string> {
  return (await mapPieces(text.trim(), cleaned)).trim()
}

/** The text of which ids and hashes are made: that of LightRAG, which resolves entities of HTML. */
export function hashedText(text: string): string {
  return resolved(text.trim()).trim()
}

/** The same for a text of any length, which holds nobody. */
export async function hashedTextInTurns(text: string): Promise<string> {
  return (await mapPieces(text.trim(), resolved)).trim()
}

function cleaned(text: string): string {
  return oneLineEnd(withoutControls(text))
}

function resolved(text: string): string {
  const plain = withoutControls(text)
  return plain.includes('&') ? withoutControls(decodeHTML(plain)) : plain
}

/** With line feeds alone, wherever the text was written. */
export function oneLineEnd(text: string): string {
  return text.includes('\r') ? text.replace(LINE_END, '\n') : text
}

function withoutControls(text: string): string {
  const whole = SURROGATE.test(text) ? text.replace(LONE_SURROGATES, '') : text
  return whole.replace(UNFIT, '')
}
