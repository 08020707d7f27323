const SUMMARY_LENGTH = 250

/** How a list shows a text: its first 250 code points, and its length in code points. */
export function summaryOf(text: string): { contentSummary: string; contentLength: number } {
  // Only the head is spread into code points: a text may have millions.
  const head = [...text.slice(0, 2 * SUMMARY_LENGTH + 2)]
  const contentSummary =
    head.length > SUMMARY_LENGTH ? `${head.slice(0, SUMMARY_LENGTH).join('')}...` : text
  return { contentSummary, contentLength: codePoints(text) }
}

function codePoints(text: string): number {
  let pairs = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit <= 0xdbff) pairs++
  }
  return text.length - pairs
}
