/** A Markdown heading and where its line starts, in UTF-16 units. */
export interface Heading {
  readonly level: number
  readonly title: string
  readonly start: number
}

const ATX = /^ {0,3}(#{1,6})[ \t]+(\S.*)$/
const FENCE = /^ {0,3}(```|~~~)/

/** The ATX headings (`# Title`) of a Markdown text, those in fenced code left out. */
export function markdownHeadings(text: string): Heading[] {
  const headings: Heading[] = []
  let start = 0
  let fence = ''
  for (const line of text.split('\n')) {
    const mark = FENCE.exec(line)?.[1]
    if (mark && (fence === '' || fence === mark)) fence = fence === '' ? mark : ''
    const heading = fence === '' ? ATX.exec(line) : null
    if (heading?.[1] && heading[2]) {
      const title = heading[2].replace(/(?<![ \t])[ \t]+#+[ \t]*$/, '').trim()
      headings.push({ level: heading[1].length, title, start })
    }
    start += line.length + 1
  }
  return headings
}

/**
 * The headings that a position stands under, outermost first. A heading that begins within the
 * first words of a chunk counts, so `position` is best taken a little after the chunk's start.
 */
export function headingsAt(headings: readonly Heading[], position: number): string[] {
  const path: Heading[] = []
  for (const heading of headings) {
    if (heading.start > position) break
    while ((path.at(-1)?.level ?? 0) >= heading.level) path.pop()
    path.push(heading)
  }
  return path.map((heading) => heading.title)
}
