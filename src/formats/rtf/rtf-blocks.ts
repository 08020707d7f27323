import { BlockWriter } from '../text/block-writer.ts'
import type { TextBuilder } from '../text/text-builder.ts'

const ENDS_PARAGRAPH = new Set(['par', 'sect', 'page'])
const BODY_LEVEL = 9
/** Cells of a row of which it is known whether they are merged. */
const MOST_COLUMNS = 1000
const HEADING_NAME = /^heading ([1-9])$/i

/** Paragraphs, headings and table rows, as the words of an RTF file lay them out. */
export class RtfBlocks {
  readonly #blocks: BlockWriter
  #outline: number | null = null
  /** Outline levels by the numbers of styles. */
  readonly #styles = new Map<number, number>()
  /** Words of the box that is read, and of those that are read already. */
  #box: string[] | null = null
  #boxes: string[] = []
  #inRow = false
  #inCell = false
  #isHead = false
  /** Of the cells of the row, in order, how many rows they take. */
  #spans: number[] = []
  #span = 1
  #column = 0

  constructor(builder: TextBuilder) {
    this.#blocks = new BlockWriter(builder)
  }

  write(text: string): void {
    if (this.#box) {
      this.#box.push(text)
      return
    }
    this.#openCell()
    this.#blocks.write(text)
  }

  /** A style of paragraphs, by the level that it gives or by its name, which is English always. */
  declare(style: number, outline: number | null, name: string): void {
    const level = outline ?? Number(HEADING_NAME.exec(name)?.[1] ?? BODY_LEVEL + 1) - 1
    if (level < BODY_LEVEL) this.#styles.set(style, level)
  }

  /** What stands in a box comes after the paragraph that it is fixed to. */
  openBox(): void {
    this.#box = []
  }

  closeBox(): void {
    if (this.#box) this.#boxes.push(this.#box.join(''))
    this.#box = null
  }

  layout(word: string, number: number | null): void {
    if (this.#box) {
      if (ENDS_PARAGRAPH.has(word)) this.#box.push('\n')
    } else if (word === 's') this.#outline = this.#styles.get(number ?? 0) ?? null
    else if (word === 'pard') this.#outline = null
    else if (word === 'outlinelevel') this.#outline = number
    else if (word === 'trhdr') this.#isHead = true
    else if (word === 'trowd') this.#declareRow()
    else if (word === 'clvmgf') this.#span = Number.POSITIVE_INFINITY
    else if (word === 'clvmrg') this.#span = 0
    else if (word === 'cellx') this.#declareCell()
    else if (word === 'intbl') this.#openRow()
    else if (word === 'cell') this.#closeCell()
    else if (word === 'row') this.#closeRow()
    else if (ENDS_PARAGRAPH.has(word)) this.#paragraph()
  }

  finish(): void {
    this.closeBox()
    this.#paragraph()
    this.#blocks.finish()
  }

  #paragraph(): void {
    const level = this.#outline
    const heading = level !== null && level >= 0 && level < BODY_LEVEL
    this.#blocks.end(heading ? Math.min(6, level + 1) : 'paragraph')
    for (const box of this.#boxes.splice(0)) {
      this.#blocks.write(box)
      this.#blocks.end('paragraph')
    }
  }

  #declareRow(): void {
    this.#isHead = false
    this.#spans = []
    this.#span = 1
  }

  #declareCell(): void {
    if (this.#spans.length < MOST_COLUMNS) this.#spans.push(this.#span)
    this.#span = 1
  }

  #openRow(): void {
    if (this.#inRow) return
    this.#paragraph()
    this.#inRow = true
    this.#column = 0
    this.#blocks.openRow()
  }

  #openCell(): void {
    if (!this.#inRow || this.#inCell) return
    this.#inCell = true
    // How many rows it takes is told by the cells below.
    this.#blocks.openCell(1, this.#spans[this.#column++] ?? 1)
  }

  #closeCell(): void {
    this.#openCell()
    this.#blocks.closeCell()
    this.#inCell = false
  }

  #closeRow(): void {
    if (this.#inRow) this.#blocks.closeRow(this.#isHead)
    this.#inRow = false
    this.#inCell = false
  }
}
