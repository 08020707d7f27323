import { type Heading, LONGEST_HEADING } from '../../engine/read/headings.ts'

/** Of a line with a heading, with the signs around it. */
const LONGEST_LINE = 2 * LONGEST_HEADING
const ORG = /^(\*{1,20})[ \t]+(?:(?:TODO|DONE|NEXT|WAITING)[ \t]+)?(\S.*)$/
const ORG_TAGS = /(?<![ \t])[ \t]+:[\w@#%:]{1,200}:$/
const ASCIIDOC = /^(={1,6})[ \t]+(\S.*)$/
/** Lines that begin and end code, comments and the like in AsciiDoc. */
const ASCIIDOC_FENCE = /^(?:-{4,}|\.{4,}|\/{4,}|\+{4,}|={4,}|`{3,})$/
const SIGN = /^[!-/:-@[-`{-~]/

interface Line {
  readonly text: string
  readonly start: number
}

/** The headings of an Org file: lines that begin with stars. */
export function orgHeadings(text: string): Heading[] {
  return linesOf(text).flatMap(({ text: line, start }) => {
    const [, stars, words] = ORG.exec(line) ?? []
    if (!stars || !words) return []
    return kept(stars.length, words.replace(ORG_TAGS, ''), start)
  })
}

/** The headings of an AsciiDoc file, those in code left out. */
export function asciidocHeadings(text: string): Heading[] {
  let fence = ''
  return linesOf(text).flatMap(({ text: line, start }) => {
    if (ASCIIDOC_FENCE.test(line) && (fence === '' || fence === line)) {
      fence = fence === '' ? line : ''
      return []
    }
    const [, signs, words] = fence === '' ? (ASCIIDOC.exec(line) ?? []) : []
    return signs && words ? kept(signs.length, words.trim(), start) : []
  })
}

/**
 * The headings of reStructuredText: lines with a line of one sign below, or one above as well. Which
 * level a sign stands for is told by the order in which the file uses them.
 */
export function restHeadings(text: string): Heading[] {
  const lines = linesOf(text)
  const styles: string[] = []
  const headings: Heading[] = []
  for (let at = 0; at + 1 < lines.length; at++) {
    const title = lines[at]?.text.trimEnd() ?? ''
    const below = lines[at + 1]?.text.trimEnd() ?? ''
    const sign = adornmentOf(below)
    if (!sign || title === '' || adornmentOf(title)) continue
    if (below.length < title.trim().length) continue
    const above = lines[at - 1]?.text.trimEnd() ?? ''
    const isFramed = above === below
    // Below a table, or a paragraph of several lines, it is no heading.
    if (!isFramed && (above !== '' || /^\s/.test(title))) continue
    const style = isFramed ? sign + sign : sign
    if (!styles.includes(style)) styles.push(style)
    const level = styles.indexOf(style) + 1
    for (const one of kept(level, title.trim(), lines[at]?.start ?? 0)) headings.push(one)
    at++
  }
  return headings
}

/** The one sign of which a line consists, if it has two of it at least. */
function adornmentOf(line: string): string | null {
  const sign = line.length > 1 ? line.charAt(0) : ''
  return SIGN.test(sign) && line === sign.repeat(line.length) ? sign : null
}

function kept(level: number, title: string, start: number): Heading[] {
  return title.length > LONGEST_HEADING ? [] : [{ level, title, start }]
}

function linesOf(text: string): Line[] {
  let start = 0
  return text.split('\n').map((line) => {
    const at = start
    start += line.length + 1
    return { text: line.slice(0, LONGEST_LINE), start: at }
  })
}
