/** Zero bytes of one order over those of the other, of a text that is in UTF-16. */
const CLEARLY = 10
/** Of all pairs of bytes. A text in any language has spaces, digits or ends of lines. */
const LEAST_ZEROS = 0.005
const FEWEST_ZEROS = 2

/**
 * The order of a UTF-16 text without a mark, told by the zeros beside characters of ASCII; null when
 * it is most likely no such text.
 */
export function utf16Order(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes.length % 2 === 1) return null
  let first = 0
  let second = 0
  for (let at = bytes.indexOf(0); at !== -1; at = bytes.indexOf(0, at + 1)) {
    // A character of two zeros stands in no text.
    if (at % 2 === 0 && bytes[at + 1] === 0) return null
    if (at % 2 === 0) first++
    else second++
  }
  const least = Math.max(FEWEST_ZEROS, (LEAST_ZEROS * bytes.length) / 2)
  if (second >= least && second > CLEARLY * first) return 'utf-16le'
  return first >= least && first > CLEARLY * second ? 'utf-16be' : null
}
