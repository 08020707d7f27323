const OPENING = /[([（【]/g
const CLOSING = /[)\]）】]/g

/**
 * A text without what stands in brackets, and without the space before it. A bracket that is never
 * closed stays. Every character is looked at a few times at most, however many brackets are open.
 */
export function withoutRemarks(text: string): string {
  let kept = ''
  let from = 0
  for (;;) {
    OPENING.lastIndex = from
    const open = OPENING.exec(text)
    if (open === null) return kept + text.slice(from)
    CLOSING.lastIndex = open.index + 1
    const close = CLOSING.exec(text)
    // What comes behind it is not closed either.
    if (close === null) return kept + text.slice(from)
    kept += text.slice(from, open.index).trimEnd()
    from = close.index + 1
  }
}
