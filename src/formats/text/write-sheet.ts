import { LONGEST_HEADING } from '../../engine/read/headings.ts'
import { kindOf } from './cell-kind.ts'
import { tableLines } from './table-lines.ts'
import type { TextBuilder } from './text-builder.ts'

/** Rows of data that tell what its columns hold. */
const MOST_LOOKED_AT = 20

interface SheetTable {
  /** What stands above it alone in its rows. */
  readonly titles: string[]
  readonly rows: (readonly string[])[]
}

/**
 * Writes the rows of a sheet of data, which may hold several tables with titles above them.
 *
 * @param rows empty ones too: they part tables from one another
 * @param level of a heading that a title is
 */
export function writeSheet(
  rows: readonly (readonly string[])[],
  builder: TextBuilder,
  level: number,
): void {
  for (const { titles, rows: filled } of tablesOf(rows)) {
    for (const title of titles) {
      // What has nothing below it is a remark.
      if (filled.length > 0 && title.length <= LONGEST_HEADING) builder.heading(level, title)
      else builder.paragraph(title)
    }
    const lines = tableLines(
      filled.map((cells) => ({ cells })),
      { isSheet: true, room: builder.room },
    )
    builder.paragraph(lines.join('\n'))
  }
}

/**
 * A table begins after an empty row where a row reaches beyond the table before, or has words where
 * that has figures; data with empty rows and remarks in it stays one table.
 */
function tablesOf(rows: readonly (readonly string[])[]): SheetTable[] {
  const isList = rows.every((cells) => filledIn(cells) <= 1)
  const tables: SheetTable[] = []
  let table: SheetTable = { titles: [], rows: [] }
  let alone: (readonly string[])[] = []
  let isApart = true
  for (const cells of rows) {
    const filled = filledIn(cells)
    if (filled === 0) isApart = true
    else if (filled === 1 && !isList && (isApart || table.rows.length === 0)) alone.push(cells)
    else {
      if (isApart && startsAnew(cells, table)) {
        tables.push(table)
        table = { titles: [], rows: [] }
      }
      const isFirst = table.rows.length === 0
      for (const row of alone) {
        if (isFirst) table.titles.push(wordsIn(row))
        else table.rows.push(row)
      }
      table.rows.push(cells)
      alone = []
      isApart = false
    }
  }
  return [...tables, table, { titles: alone.map(wordsIn), rows: [] }]
}

function startsAnew(cells: readonly string[], { rows: [head, ...data] }: SheetTable): boolean {
  if (!head) return false
  const [from, to] = extentOf(head)
  const [first, last] = extentOf(cells)
  if (first < from || last > to) return true
  const looked = data.slice(0, MOST_LOOKED_AT)
  return cells.some((cell, i) => {
    if (!isFilled(cell) || kindOf(cell.trim()) !== 'words') return false
    const kinds = looked.flatMap((row) => (isFilled(row[i]) ? [kindOf((row[i] ?? '').trim())] : []))
    return kinds.length > 1 && !kinds.includes('words')
  })
}

const isFilled = (cell: string | undefined) => cell !== undefined && cell.trim() !== ''
const filledIn = (cells: readonly string[]) => cells.filter(isFilled).length
const wordsIn = (cells: readonly string[]) => cells.find(isFilled)?.trim() ?? ''
const extentOf = (cells: readonly string[]) =>
  [cells.findIndex(isFilled), cells.findLastIndex(isFilled)] as const
