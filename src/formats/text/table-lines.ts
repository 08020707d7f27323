import { columnsIn } from '../../engine/text/table-heads.ts'
import { areLabelled } from './label-rows.ts'

/** A row of a table, one text a cell. */
export interface TableRow {
  readonly cells: readonly string[]
  /** Whether the file says that it names the columns. */
  readonly isHead?: boolean
}

/** In characters. */
const LONGEST_NAME = 80
/** Rows that name the columns together. */
const MOST_HEADS = 4

/**
 * Rows of a table as lines that can be understood alone: with the names of their columns, when the
 * first rows say that they have them, or the first looks like names.
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
  const [first] = filled
  if (!first) return []
  const width = filled.reduce((widest, { cells }) => Math.max(widest, cells.length), 0)
  if (width === 1) return filled.map(({ cells: [cell = ''] }) => cell)
  const plain = () => filled.map(({ cells }) => `| ${cells.join(' | ')} |`)
  const heads = headsOf(filled)
  if (heads.length > 0)
    return namedRows(namesOf(heads), filled.slice(heads.length), room) ?? plain()
  const looksNamed = columnsIn(first.cells) && (isSheet || (width > 2 && filled.length > 2))
  if (!looksNamed) return plain()
  if (areLabelled(filled.map(({ cells }) => cells))) {
    return width > 2 ? plain() : filled.map(({ cells }) => labelled(cells))
  }
  return namedRows(first.cells, filled.slice(1), room) ?? plain()
}

function headsOf(rows: readonly Required<TableRow>[]): readonly (readonly string[])[] {
  const end = rows.findIndex(({ isHead }) => !isHead)
  return end > MOST_HEADS ? [] : rows.slice(0, Math.max(0, end)).map(({ cells }) => cells)
}

/** What rows of heads call each column, the upper first. A name that spans columns names each. */
function namesOf(heads: readonly (readonly string[])[]): string[] {
  const names = heads.map((cells) => {
    let last = ''
    return cells.map((cell) => {
      if (cell !== '') last = cell.slice(0, LONGEST_NAME)
      return last
    })
  })
  const width = names.reduce((widest, row) => Math.max(widest, row.length), 0)
  return Array.from({ length: width }, (_, i) =>
    [...new Set(names.flatMap((row) => row[i] || []))].join(' '),
  )
}

/** Null where there are no rows, or they would take too much room. */
function namedRows(
  names: readonly string[],
  rows: readonly TableRow[],
  room: number,
): string[] | null {
  const lines: string[] = []
  let left = room
  for (const { cells } of rows) {
    const said = cells.flatMap((cell, i) => (cell === '' ? [] : [named(names[i], cell)]))
    const line = `- ${said.join('; ')}`
    left -= line.length + 1
    if (left < 0) return null
    lines.push(line)
  }
  return lines.length > 0 ? lines : null
}

const oneLine = (cell: string) => cell.trim().replace(/\s+/g, ' ')

function named(name: string | undefined, cell: string): string {
  return name ? `${name}: ${cell}` : cell
}

function labelled([label = '', value = '']: readonly string[]): string {
  return value === '' ? `- ${label}` : `- ${label.replace(/:$/, '')}: ${value}`
}
