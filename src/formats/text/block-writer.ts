import { tableLines } from './table-lines.ts'
import { type SpannedCell, TableRows } from './table-rows.ts'
import type { TextBuilder } from './text-builder.ts'

/** 1 to 6 are headings; a line stands close to its predecessor, a paragraph apart. */
export type BlockKind = 'paragraph' | 'line' | number

interface Block {
  readonly kind: BlockKind
  readonly text: string
  /** Whether it is a line of a table. */
  readonly isRow?: boolean
}

interface OpenCell {
  readonly blocks: Block[]
  readonly rows: number
}

interface OpenRow {
  readonly isHead: boolean
  readonly cells: OpenCell[]
  /** Columns that the last cell takes besides its own. */
  more: number
}

/** In characters; the form that names columns in each row may be many times as long as the table. */
const LONGEST_TABLE = 8 * 1024 * 1024
/** Paragraphs in one cell of a table. */
const MOST_BLOCKS = 20
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
  readonly #tables: TableRows[] = [new TableRows()]
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
    this.#tables.push(new TableRows())
  }

  /**
   * @param columns that the cell takes
   * @param rows that it takes; 0 when a cell above covers it
   */
  openCell(columns = 1, rows = 1): void {
    this.closeCell()
    const row = this.#rows.at(-1)
    if (!row) return
    row.cells.push({ blocks: [], rows })
    row.more = Math.min(WIDEST_CELL, columns || 1) - 1
  }

  closeCell(): void {
    this.end('paragraph')
    this.#endRows()
    const row = this.#rows.at(-1)
    const rows = row?.cells.at(-1)?.rows ?? 1
    for (; row && row.more > 0; row.more--) row.cells.push({ blocks: [], rows })
  }

  closeRow(isHead = false): void {
    this.closeCell()
    const row = this.#rows.pop()
    this.#tables.pop()
    if (!row) return
    const table = this.#tables.at(-1)
    // Where columns have names it is data; else several paragraphs in a cell are a layout.
    const most = table?.hasHead ? MOST_BLOCKS : 1
    const isData = row.cells.every(({ blocks }) => blocks.length <= most && blocks.every(isPlain))
    if (table && isData && (row.cells.length > 1 || table.isCovered)) {
      table.add(row.cells.map(cellOf), isHead || row.isHead)
      return
    }
    // A table that only lays a page out: its cells are read one after another.
    for (const { blocks } of row.cells) for (const block of blocks) this.#emit(block)
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
    const rows = this.#tables.at(-1)?.take()
    if (!rows || rows.length === 0) return
    const lines = tableLines(rows, { isSheet: false, room: LONGEST_TABLE })
    for (const text of lines) this.#put({ kind: 'line', text, isRow: true })
  }

  #emit(block: Block): void {
    this.#endRows()
    this.#put(block)
  }

  #put(block: Block): void {
    const cell = this.#rows.at(-1)?.cells.at(-1)
    if (cell) cell.blocks.push(block)
    else if (typeof block.kind === 'number') this.#builder.heading(block.kind, block.text)
    else if (block.kind === 'line') this.#builder.line(block.text)
    else this.#builder.paragraph(block.text)
  }
}

function isPlain({ kind, isRow }: Block): boolean {
  return typeof kind !== 'number' && isRow !== true
}

function cellOf({ blocks, rows }: OpenCell): SpannedCell {
  return { text: blocks.map(({ text }) => text).join(' '), rows }
}
