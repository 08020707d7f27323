/** A piece of a text between two borders of a segmenter. */
export interface Segment {
  readonly segment: string
  /** Where it begins in the text, in UTF-16 units. */
  readonly index: number
  readonly isWordLike: boolean
  /** Whether it ends for its length only, and goes on in the next one. */
  readonly isOpen: boolean
}

/** In UTF-16 units; no word is as long, and few sentences are. */
const WINDOW = 1000

/**
 * What a segmenter makes of a text. For each segment it takes time that grows with the text as a
 * whole, so it is shown one stretch at a time: the last segment of a stretch begins the next one.
 */
export function* segmentsOf(
  segmenter: Intl.Segmenter,
  text: string,
): Generator<Segment, void, void> {
  let from = 0
  while (from < text.length) {
    const to = windowEnd(text, from)
    let last: Segment | null = null
    for (const { segment, index, isWordLike = false } of segmenter.segment(text.slice(from, to))) {
      if (last !== null) yield last
      last = { segment, index: from + index, isWordLike, isOpen: false }
    }
    if (last === null) return
    if (to < text.length && last.index > from) {
      from = last.index
    } else {
      yield { ...last, isOpen: to < text.length }
      from = to
    }
  }
}

function windowEnd(text: string, from: number): number {
  const end = from + WINDOW
  if (end >= text.length) return text.length
  const unit = text.charCodeAt(end)
  return unit >= 0xdc00 && unit <= 0xdfff ? end + 1 : end
}
