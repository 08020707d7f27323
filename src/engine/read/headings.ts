/** A Markdown heading and where its line starts, in UTF-16 units. */
export interface Heading {
  readonly level: number
  readonly title: string
  readonly start: number
}

/** In characters. What is longer is a paragraph that only looks like a heading. */
export const LONGEST_HEADING = 300
/** Of a line with a heading, with the signs around it. */
const LONGEST_LINE = 2 * LONGEST_HEADING
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
    const heading = fence === '' && line.length <= LONGEST_LINE ? ATX.exec(line) : null
    if (heading?.[1] && heading[2]) {
      const title = heading[2].replace(/(?<![ \t])[ \t]+#+[ \t]*$/, '').trim()
      if (title.length <= LONGEST_HEADING) {
        headings.push({ level: heading[1].length, title, start })
      }
    }
    start += line.length + 1
  }
  return headings
}

/**
 * The headings that each position stands under, outermost first. A heading that begins within the
 * first words of a chunk counts, so positions are best taken a little after the chunks' starts.
 *
 * @param positions from small to large
 */
export function headingsAbove(
  headings: readonly Heading[],
  positions: readonly number[],
): string[][] {
  const path: Heading[] = []
  let next = 0
  return positions.map((position) => {
    for (let heading = headings[next]; heading; heading = headings[next]) {
      if (heading.start > position) break
      while ((path.at(-1)?.level ?? 0) >= heading.level) path.pop()
      path.push(heading)
      next += 1
    }
    return path.map(({ title }) => title)
  })
}
