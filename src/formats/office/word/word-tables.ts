import { prefixed } from '../../markup/parse-xml.ts'
import type { BlockWriter } from '../../text/block-writer.ts'

interface Cell {
  columns: number
  rows: number
  isOpen: boolean
}

/** The tables of a Word document; what a cell takes is told within it, before its words. */
export class WordTables {
  readonly #blocks: BlockWriter
  readonly #heads: boolean[] = []
  readonly #cells: Cell[] = []

  constructor(blocks: BlockWriter) {
    this.#blocks = blocks
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    const cell = this.#cells.at(-1)
    const value = prefixed(attributes, 'val')
    if (name === 'tr') {
      this.#blocks.openRow()
      this.#heads.push(false)
    } else if (name === 'tblHeader' && value !== '0' && value !== 'false') {
      this.#heads.splice(-1, 1, true)
    } else if (name === 'tc') this.#cells.push({ columns: 1, rows: 1, isOpen: false })
    else if (name === 'gridSpan' && cell) cell.columns = Number(value)
    // How many rows it takes is told by the cells below.
    else if (name === 'vMerge' && cell)
      cell.rows = value === 'restart' ? Number.POSITIVE_INFINITY : 0
    else if (name === 'p' || name === 'tbl') this.#openCell()
  }

  close(name: string): void {
    if (name === 'tc') {
      this.#openCell()
      this.#cells.pop()
      this.#blocks.closeCell()
    } else if (name === 'tr') this.#blocks.closeRow(this.#heads.pop())
    else if (name === 'tbl') this.#blocks.endTable()
  }

  #openCell(): void {
    const cell = this.#cells.at(-1)
    if (!cell || cell.isOpen) return
    cell.isOpen = true
    this.#blocks.openCell(cell.columns, cell.rows)
  }
}
