import type { TextPart } from '../../../engine/ports/document-store.ts'

/**
 * A part of a text that begins and ends between characters.
 *
 * @param from in UTF-16 units, as is `to`, exclusive; what lies beyond the end is cut off
 */
export function partOf(text: string, from: number, to: number): TextPart {
  const start = betweenCharacters(text, Math.min(from, text.length))
  const end = Math.max(start, betweenCharacters(text, Math.min(to, text.length)))
  return { length: text.length, from: start, to: end, text: text.slice(start, end) }
}

/** The place itself, or the one before when a pair of surrogates would be cut. */
function betweenCharacters(text: string, at: number): number {
  const [high, low] = [text.charCodeAt(at - 1), text.charCodeAt(at)]
  const isPair = high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff
  return isPair ? at - 1 : at
}
