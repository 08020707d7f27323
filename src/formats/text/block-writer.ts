import { type TableRow, tableLines } from './table-lines.ts'
import type { TextBuilder } from './text-builder.ts'

/** 1 to 6 are headings; a line stands close to its predecessor, a paragraph apart. */
export type BlockKind = 'paragraph' | 'line' | number

interface Block {
  readonly kind: BlockKind
  readonly text: string
  /** Whether it is a line of a table. */
  readonly isRow?: boolean
}

interface OpenRow {
  readonly isHead: boolean
  readonly cells: Block[][]
  /** Columns that the last cell takes besides its own. */
  more: number
}

/** In characters; the form that names columns in each row may be many times as long as the table. */
const LONGEST_TABLE = 8 * 1024 * 1024
/** Columns that one cell may take. */
const WIDEST_CELL = 50

/**
 * Makes blocks of a document that is read from its beginning to its end: words are written, then the
 * block that they make is ended. The rows of a table become one line each, where their cells are
 * short enough; a table that only lays a page out is read cell by cell.
 */
export class BlockWriter {
  readonly #builder: TextBuilder
  readonly #rows: OpenRow[] = []
  /** Rows of tables that are not ended, by how many rows are open around them. */
  readonly #tables: TableRow[][] = [[]]
  #words: string[] = []
  #blank = true

  constructor(builder: TextBuilder) {
    this.#builder = builder
  }

  write(text: string): void {
    this.#words.push(text)
    if (this.#blank) this.#blank = text.trim() === ''
  }

  /** Whether nothing was written since the last block. */
  get blank(): boolean {
    return this.#blank
  }

  end(kind: BlockKind, prefix = ''): void {
    if (this.#words.length === 0) return
    const text = this.#blank ? '' : this.#words.join('').trim()
    this.#words = []
    this.#blank = true
    if (text !== '') this.#emit({ kind, text: prefix + text })
  }

  /** @param isHead whether the row names the columns of its table */
  openRow(isHead = false): void {
    this.end('paragraph')
    this.#rows.push({ isHead, cells: [], more: 0 })
    this.#tables.push([])
  }

  /** @param columns that the cell takes */
  openCell(columns = 1): void {
    this.closeCell()
    const row = this.#rows.at(-1)
    if (!row) return
    row.cells.push([])
    row.more = Math.min(WIDEST_CELL, columns || 1) - 1
  }

  closeCell(): void {
    this.end('paragraph')
    this.#endRows()
    const row = this.#rows.at(-1)
    for (; row && row.more > 0; row.more--) row.cells.push([])
  }

  closeRow(isHead = false): void {
    this.closeCell()
    const row = this.#rows.pop()
    this.#tables.pop()
    if (!row) return
    const plain = row.cells.every((cell) => cell.length <= 1 && cell.every(isPlain))
    if (plain && row.cells.length > 1) {
      const cells = row.cells.map(([block]) => block?.text ?? '')
      this.#tables.at(-1)?.push({ cells, isHead: isHead || row.isHead })
      return
    }
    // A table that only lays a page out: its cells are read one after another.
    for (const block of row.cells.flat()) this.#emit(block)
  }

  endTable(): void {
    this.end('paragraph')
    this.#endRows()
  }

  /** Ends whatever is open. */
  finish(): void {
    while (this.#rows.length > 0) this.closeRow()
    this.endTable()
  }

  #endRows(): void {
    const rows = this.#tables.at(-1)
    if (!rows || rows.length === 0) return
    const lines = tableLines(rows.splice(0), { isSheet: false, room: LONGEST_TABLE })
    for (const text of lines) this.#put({ kind: 'line', text, isRow: true })
  }

  #emit(block: Block): void {
    this.#endRows()
    this.#put(block)
  }

  #put(block: Block): void {
    const cell = this.#rows.at(-1)?.cells.at(-1)
    if (cell) cell.push(block)
    else if (typeof block.kind === 'number') this.#builder.heading(block.kind, block.text)
    else if (block.kind === 'line') this.#builder.line(block.text)
    else this.#builder.paragraph(block.text)
  }
}

function isPlain({ kind, isRow }: Block): boolean {
  return typeof kind !== 'number' && isRow !== true
}
