import chardet from 'chardet'
import { decodeBytes } from './decode-bytes.ts'

/** Of a hundred. Below it short texts are taken for whatever comes first. */
const LEAST_CONFIDENCE = 25
/** In bytes; more does not make it surer. */
const SAMPLE_BYTES = 64 * 1024
const LINE_FEED = 0x0a
/** Controls that no encoding of one byte a character has a letter for, but for a few signs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: texts do not hold these characters
const CONTROLS = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f-\u009f]/
const LETTERS = /\p{L}/gu
const JAPANESE = /[\u3041-\u30ff\u4e00-\u9fff]/g
/** Of all letters, from which a text is Japanese and not European by chance. */
const JAPANESE_SHARE = 0.7

interface Sample {
  readonly bytes: Uint8Array
  /** Whether it is more than a part of the text. */
  readonly isWhole: boolean
}

/**
 * The encoding that a text is most likely in, one that can be decoded; null when that is not likely
 * enough. UTF-8 and UTF-16 are not looked for.
 */
export function detectEncoding(text: Uint8Array): string | null {
  const sample = foreignLines(text)
  // Short texts in it look like Western ones, letter for letter.
  if (isJapanese(sample)) return 'shift_jis'
  for (const { name, confidence } of chardet.analyse(sample.bytes)) {
    if (confidence < LEAST_CONFIDENCE) return null
    if (/^(?:utf|ascii)/i.test(name)) continue
    const decoded = decodedSample(sample, name)
    if (decoded !== null && !CONTROLS.test(decoded)) return new TextDecoder(name).encoding
  }
  return null
}

function isJapanese(sample: Sample): boolean {
  const decoded = decodedSample(sample, 'shift_jis')
  if (decoded === null || CONTROLS.test(decoded)) return false
  const japanese = decoded.match(JAPANESE)?.length ?? 0
  return japanese > JAPANESE_SHARE * (decoded.match(LETTERS)?.length ?? 0)
}

function decodedSample({ bytes, isWhole }: Sample, encoding: string): string | null {
  try {
    // A long line is cut anywhere, in the middle of a character too.
    const decoded = decodeBytes(bytes, encoding, isWhole)
    return isWhole ? decoded : decoded.replace(/\ufffd$/, '')
  } catch {
    return null
  }
}

/** The lines with other letters than those of ASCII, as many as tell enough. */
function foreignLines(text: Uint8Array): Sample {
  const lines: Uint8Array[] = []
  let left = SAMPLE_BYTES
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf(LINE_FEED, start)
    const end = feed === -1 ? text.length : feed + 1
    const line = text.subarray(start, end)
    if (isForeign(line)) {
      lines.push(line.subarray(0, left))
      left -= line.length
      if (left <= 0) return { bytes: Buffer.concat(lines), isWhole: left === 0 }
    }
    start = end
  }
  return { bytes: Buffer.concat(lines), isWhole: true }
}

const isForeign = (line: Uint8Array) => line.some((byte) => byte >= 0x80 || byte === 0x1b)
