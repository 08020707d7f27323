/** Where a text may end and the next begin, the better ends first. */
const ENDS = ['\n\n', '\n', '. ', '。', ' '] as const
/** A shorter text is not worth cutting, in UTF-16 units. */
const SHORTEST = 200

/**
 * A text in two parts of about one size, cut at the end of a paragraph, line, sentence or word near
 * its middle; null when it is too short for that.
 */
export function halvesOf(text: string): readonly [string, string] | null {
  if (text.length < SHORTEST) return null
  const [from, to] = [Math.floor(text.length * 0.35), Math.ceil(text.length * 0.65)]
  const middle = text.slice(from, to)
  for (const end of ENDS) {
    const at = nearestTo(middle.length / 2, middle, end)
    if (at !== null) return [text.slice(0, from + at), text.slice(from + at)]
  }
  // Between two characters, not within one of two units.
  const half = text.length >> 1
  const unit = text.charCodeAt(half)
  const at = unit >= 0xdc00 && unit <= 0xdfff ? half + 1 : half
  return [text.slice(0, at), text.slice(at)]
}

/** Behind the occurrence of `end` that is nearest to a place. */
function nearestTo(place: number, text: string, end: string): number | null {
  const before = text.lastIndexOf(end, place)
  const after = text.indexOf(end, place)
  if (before < 0 && after < 0) return null
  const isBefore = after < 0 || (before >= 0 && place - before <= after - place)
  return (isBefore ? before : after) + end.length
}
