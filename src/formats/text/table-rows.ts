import type { TableRow } from './table-lines.ts'

/** A cell with the rows that it takes: 0 when another cell covers it, infinite until one does not. */
export interface SpannedCell {
  readonly text: string
  readonly rows: number
}

/** Rows that one cell may take. */
const TALLEST_CELL = 1000
/** Of what a cell repeats, in characters. */
const LONGEST_CARRIED = 300
/** Cells that a table may repeat: a few bytes of a file must not become many. */
const MOST_CARRIED = 10_000

/** The rows of a table that is being read; a cell that takes several of them is said in each. */
export class TableRows {
  #rows: TableRow[] = []
  /** What takes more rows, by its column. */
  readonly #carried = new Map<number, { readonly text: string; left: number }>()
  #repeated = 0

  get hasHead(): boolean {
    return this.#rows[0]?.isHead === true
  }

  /** Whether a row has cells of rows above it. */
  get isCovered(): boolean {
    return this.#carried.size > 0
  }

  add(cells: readonly SpannedCell[], isHead: boolean): void {
    const row: string[] = []
    for (let own = 0; own < cells.length || this.#isHeld(row.length); ) {
      const column = row.length
      const cell = cells[own]
      // It ends at the first cell that it does not cover.
      if (cell?.rows !== 0 && !this.#isHeld(column)) this.#carried.delete(column)
      const carried = this.#repeat(column)
      if (carried === null || cell?.rows === 0) own++
      if (carried === null && cell) this.#carry(column, cell)
      row.push(carried ?? cell?.text ?? '')
    }
    this.#rows.push({ cells: row, isHead })
  }

  /** The rows, which are forgotten. */
  take(): readonly TableRow[] {
    const rows = this.#rows
    this.#rows = []
    this.#carried.clear()
    return rows
  }

  /** Whether a cell stands here that the row itself does not mention. */
  #isHeld(column: number): boolean {
    return Number.isFinite(this.#carried.get(column)?.left ?? Number.POSITIVE_INFINITY)
  }

  #repeat(column: number): string | null {
    const carried = this.#carried.get(column)
    if (!carried) return null
    this.#repeated++
    if (--carried.left <= 0 || this.#repeated > MOST_CARRIED) this.#carried.delete(column)
    return carried.text
  }

  #carry(column: number, { text, rows }: SpannedCell): void {
    if (!(rows > 1) || text.length > LONGEST_CARRIED || this.#repeated > MOST_CARRIED) return
    this.#carried.set(column, {
      text,
      left: Number.isFinite(rows) ? Math.min(TALLEST_CELL, rows) - 1 : rows,
    })
  }
}
