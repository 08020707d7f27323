import { eachPiece } from '../text/text-pieces.ts'

const SUMMARY_LENGTH = 250

interface TextSummary {
  readonly contentSummary: string
  readonly contentLength: number
}

/** How a list shows a text: its first 250 code points, and its length in code points. */
export function summaryOf(text: string): TextSummary {
  return { contentSummary: headOf(text), contentLength: codePoints(text) }
}

/** The same for a text of any length, which holds nobody. */
export async function summaryInTurns(text: string): Promise<TextSummary> {
  let contentLength = 0
  await eachPiece(text, (piece) => {
    contentLength += codePoints(piece)
  })
  return { contentSummary: headOf(text), contentLength }
}

function headOf(text: string): string {
  // Only the head is spread into code points: a text may have millions.
  const head = [...text.slice(0, 2 * SUMMARY_LENGTH + 2)]
  return head.length > SUMMARY_LENGTH ? `${head.slice(0, SUMMARY_LENGTH).join('')}...` : text
}

function codePoints(text: string): number {
  let pairs = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit <= 0xdbff) pairs++
  }
  return text.length - pairs
}
