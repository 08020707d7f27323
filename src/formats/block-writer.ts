import type { TextBuilder } from './text-builder.ts'

/** 1 to 6 are headings; a line stands close to its predecessor, a paragraph apart. */
export type BlockKind = 'paragraph' | 'line' | number

interface Block {
  readonly kind: BlockKind
  readonly text: string
}

interface Row {
  readonly cells: Block[][]
}

/**
 * Makes blocks of a document that is read from its beginning to its end: words are written, then the
 * block that they make is ended. Blocks within cells become one line a row, where they fit in one.
 */
export class BlockWriter {
  readonly #builder: TextBuilder
  readonly #rows: Row[] = []
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

  openRow(): void {
    this.end('paragraph')
    this.#rows.push({ cells: [] })
  }

  openCell(): void {
    this.end('paragraph')
    this.#rows.at(-1)?.cells.push([])
  }

  closeCell(): void {
    this.end('paragraph')
  }

  closeRow(): void {
    this.end('paragraph')
    const row = this.#rows.pop()
    if (!row) return
    const plain = row.cells.every((cell) => cell.length <= 1 && cell.every(isPlain))
    if (plain && row.cells.length > 1) {
      const texts = row.cells.map((cell) => (cell[0]?.text ?? '').replace(/\s+/g, ' '))
      if (texts.some((text) => text !== '')) {
        this.#emit({ kind: 'line', text: `| ${texts.join(' | ')} |` })
      }
      return
    }
    // A table that only lays a page out: its cells are read one after another.
    for (const block of row.cells.flat()) this.#emit(block)
  }

  /** Ends whatever is open. */
  finish(): void {
    while (this.#rows.length > 0) this.closeRow()
    this.end('paragraph')
  }

  #emit(block: Block): void {
    const cell = this.#rows.at(-1)?.cells.at(-1)
    if (cell) cell.push(block)
    else if (typeof block.kind === 'number') this.#builder.heading(block.kind, block.text)
    else if (block.kind === 'line') this.#builder.line(block.text)
    else this.#builder.paragraph(block.text)
  }
}

function isPlain({ kind, text }: Block): boolean {
  return typeof kind !== 'number' && !text.startsWith('| ')
}
