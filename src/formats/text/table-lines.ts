import { columnsIn } from '../../engine/text/table-heads.ts'

/** A row of a table, one text a cell. */
export interface TableRow {
  readonly cells: readonly string[]
  /** Whether the file says that it names the columns. */
  readonly isHead?: boolean
}

/** In characters. */
const LONGEST_NAME = 80

/**
 * Rows of a table as lines that can be understood alone: with the names of their columns, when the
 * first row says that it has them, or looks like names.
 *
 * @param isSheet whether it is made of data; a small table of a page may have names in its rows
 * @param room in characters; rows that would take more are written without the names
 */
export function tableLines(
  rows: readonly TableRow[],
  { isSheet, room }: { isSheet: boolean; room: number },
): string[] {
  const filled = rows
    .map(({ cells, isHead = false }) => ({ cells: cells.map(oneLine), isHead }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
  const [first, ...others] = filled
  if (!first) return []
  const width = filled.reduce((widest, { cells }) => Math.max(widest, cells.length), 0)
  if (width === 1) return filled.map(({ cells: [cell = ''] }) => cell)
  const plain = () => filled.map(({ cells }) => `| ${cells.join(' | ')} |`)
  const looksNamed = columnsIn(first.cells) && (isSheet || (width > 2 && others.length > 1))
  if (others.length === 0 || !(first.isHead || looksNamed)) return plain()
  const names = first.isHead ? namesOf(first.cells) : first.cells
  const lines: string[] = []
  let left = room
  for (const { cells } of others) {
    const said = cells.flatMap((cell, i) => (cell === '' ? [] : [named(names[i], cell)]))
    const line = `- ${said.join('; ')}`
    left -= line.length + 1
    if (left < 0) return plain()
    lines.push(line)
  }
  return lines
}

/** A name that spans several columns names each of them. */
function namesOf(cells: readonly string[]): string[] {
  let last = ''
  return cells.map((cell) => {
    if (cell !== '') last = cell.slice(0, LONGEST_NAME)
    return last
  })
}

const oneLine = (cell: string) => cell.trim().replace(/\s+/g, ' ')

function named(name: string | undefined, cell: string): string {
  return name ? `${name}: ${cell}` : cell
}
