import type { TextItem, TextMarkedContent } from 'pdfjs-dist/types/src/display/api.js'
import { inReadingOrder } from './line-order.ts'
import { PrintedTwice } from './printed-twice.ts'

interface Line {
  text: string
  /** Distance of the base line from the bottom of the page. */
  y: number
  /** Of its largest letters. */
  height: number
}

/** Line distances, in heights of letters, from which a new paragraph begins. */
const PARAGRAPH_GAP = 1.8
/** Letters that differ more in size belong to a heading, a caption, a note. */
const OTHER_SIZE = 1.15

const BROKEN_WORD = /(\p{Ll})[-\u00ad]\n(?=\p{Ll})/gu

/** The text of a page: its lines, with a blank one between paragraphs, and broken words whole. */
export function pageText(items: readonly (TextItem | TextMarkedContent)[]): string {
  const parts: string[] = []
  let last: Line | undefined
  for (const line of linesOf(items)) {
    if (last) parts.push(startsParagraph(last, line) ? '\n\n' : '\n')
    parts.push(line.text)
    last = line
  }
  return parts.join('').replace(BROKEN_WORD, '$1')
}

function linesOf(items: readonly (TextItem | TextMarkedContent)[]): Line[] {
  const twice = new PrintedTwice()
  const lines: Line[] = []
  let open: TextItem[] = []
  const end = () => {
    const line = lineOf(twice.onlyOnce(open))
    if (line.text !== '') lines.push(line)
    open = []
  }
  for (const item of items) {
    if (!('str' in item)) continue
    open.push(item)
    if (item.hasEOL) end()
  }
  end()
  return lines
}

function lineOf(items: readonly TextItem[]): Line {
  const line = { text: inReadingOrder(items).replace(/\s+/g, ' ').trim(), y: 0, height: 0 }
  for (const { str, transform, height } of items) {
    if (str.trim() === '') continue
    line.y = Number(transform[5]) || 0
    line.height = Math.max(line.height, height)
  }
  return line
}

function startsParagraph(above: Line, below: Line): boolean {
  const gap = above.y - below.y
  const large = Math.max(above.height, below.height)
  const small = Math.min(above.height, below.height)
  return gap > large * PARAGRAPH_GAP || large > small * OTHER_SIZE
}
