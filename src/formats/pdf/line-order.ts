import type { TextItem } from 'pdfjs-dist/types/src/display/api.js'

/** A gap between two pieces that is a space where none is written, in heights of letters. */
const SPACE = 0.15
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/g
const LEFT_TO_RIGHT = /\p{L}/gu

/**
 * The text of a line in the order in which it is read. What is written from right to left stands on the
 * page in another order than it is read in, and so does what is beside it; each piece is in order
 * within itself.
 */
export function inReadingOrder(items: readonly TextItem[]): string {
  if (!items.some(isFromRight)) return items.map(({ str }) => str).join('')
  const pieces = items.filter(({ str }) => str.trim() !== '').sort((a, b) => left(a) - left(b))
  const text = pieces.map(({ str }) => str).join('')
  const fromRight = text.match(RIGHT_TO_LEFT)?.length ?? 0
  const letters = text.match(LEFT_TO_RIGHT)?.length ?? 0
  const isRightToLeft = 2 * fromRight >= letters
  // Runs of the other direction stand in its order within the line.
  const runs = runsOf(pieces, isRightToLeft)
  const ordered = (isRightToLeft ? runs.reverse() : runs).flat()
  return ordered.map((item, i) => spaceBefore(ordered[i - 1], item) + item.str).join('')
}

/** From left to right, each in the order in which it is read. */
function runsOf(pieces: readonly TextItem[], isRightToLeft: boolean): TextItem[][] {
  const runs: TextItem[][] = []
  let run: TextItem[] = []
  for (const piece of pieces) {
    const isOther = isFromRight(piece) !== isRightToLeft
    const before = run.at(-1)
    if (before && isOther && isFromRight(before) !== isRightToLeft) {
      if (isRightToLeft) run.push(piece)
      else run.unshift(piece)
      continue
    }
    run = [piece]
    runs.push(run)
  }
  return runs
}

function spaceBefore(before: TextItem | undefined, item: TextItem): string {
  if (!before || /\s$/.test(before.str) || /^\s/.test(item.str)) return ''
  const [first, second] = left(before) < left(item) ? [before, item] : [item, before]
  const gap = left(second) - left(first) - first.width
  return Math.abs(gap) > SPACE * Math.max(item.height, before.height) ? ' ' : ''
}

const isFromRight = ({ str, dir }: TextItem) => dir === 'rtl' && str.trim() !== ''
const left = ({ transform }: TextItem) => Number(transform[4]) || 0
