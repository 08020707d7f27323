import { LONGEST_HEADING } from '../read/headings.ts'

/** What stands in a text below the row that names the columns of a table. */
export interface TableRows {
  /** Range in UTF-16 units. */
  readonly start: number
  readonly end: number
  /** The row with the names, as in `| Item | Price |`. */
  readonly head: string
}

const NUMBER = /^[-+]?[\d.,]+%?$/
const RULE = /^:?-+:?$/
const LONGEST_NAME = 80
/** In characters; the names of so many columns help nobody. */
const LONGEST_LINE = 2 * LONGEST_HEADING

/** Whether these cells look like the names of columns. */
export function columnsIn(cells: readonly string[]): boolean {
  const names = cells.filter((cell) => cell !== '')
  if (names.length < 2 || new Set(names).size < names.length) return false
  return names.every((name) => name.length <= LONGEST_NAME && !NUMBER.test(name))
}

/** Whether a heading of a chunk is the head of a table. */
export function isTableHead(heading: string): boolean {
  return heading.startsWith('| ')
}

/** The tables of a text that are drawn with bars, as in Markdown, and have names of columns. */
export function tablesIn(text: string): TableRows[] {
  if (!text.includes('|')) return []
  const tables: TableRows[] = []
  let lines: Line[] = []
  let start = 0
  for (const line of text.split('\n')) {
    const end = start + line.length
    if (line.includes('|')) {
      lines.push({ text: line, start, end })
    } else {
      for (const table of rowsOf(lines)) tables.push(table)
      lines = []
    }
    start = end + 1
  }
  return [...tables, ...rowsOf(lines)]
}

/** For each position the head of the table in whose rows it lies; null where it lies in none. */
export function tableHeadsAt(
  tables: readonly TableRows[],
  positions: readonly number[],
): (string | null)[] {
  let next = 0
  return positions.map((position) => {
    while ((tables[next]?.end ?? Number.POSITIVE_INFINITY) <= position) next += 1
    const table = tables[next]
    return table && table.start <= position ? table.head : null
  })
}

interface Line {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** What neighbouring lines with bars are: one table at most. */
function rowsOf(lines: readonly Line[]): [TableRows] | [] {
  const rule = lines.findIndex(({ text }, i) => i > 0 && isRule(text))
  const head = lines[Math.max(0, rule - 1)]
  const last = lines.at(-1)
  if (!head || !last || head.text.length > LONGEST_LINE) return []
  const names = cellsOf(head.text)
  // Without a rule below its head it is a table only if it looks like one.
  if (rule === -1 && !(lines.length > 2 && head.text.startsWith('| ') && columnsIn(names)))
    return []
  const row = `| ${names.join(' | ')} |`
  return row.length > LONGEST_HEADING ? [] : [{ start: head.end + 1, end: last.end, head: row }]
}

function isRule(line: string): boolean {
  return line.length <= LONGEST_LINE && cellsOf(line).every((cell) => RULE.test(cell))
}

function cellsOf(line: string): string[] {
  const cells = line.split('|').map((cell) => cell.trim())
  return cells.slice(cells[0] === '' ? 1 : 0, cells.at(-1) === '' ? -1 : cells.length)
}
