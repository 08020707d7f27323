import { BlockWriter } from '../text/block-writer.ts'
import type { TextBuilder } from '../text/text-builder.ts'

const ENDS_PARAGRAPH = new Set(['par', 'sect', 'page'])
const BODY_LEVEL = 9

/** Paragraphs, headings and table rows, as the words of an RTF file lay them out. */
export class RtfBlocks {
  readonly #blocks: BlockWriter
  #outline: number | null = null
  #inRow = false
  #inCell = false
  #isHead = false

  constructor(builder: TextBuilder) {
    this.#blocks = new BlockWriter(builder)
  }

  write(text: string): void {
    this.#openCell()
    this.#blocks.write(text)
  }

  layout(word: string, number: number | null): void {
    if (word === 'pard') this.#outline = null
    else if (word === 'outlinelevel') this.#outline = number
    else if (word === 'trhdr') this.#isHead = true
    else if (word === 'trowd') this.#isHead = false
    else if (word === 'intbl') this.#openRow()
    else if (word === 'cell') this.#closeCell()
    else if (word === 'row') this.#closeRow()
    else if (ENDS_PARAGRAPH.has(word)) this.#paragraph()
  }

  finish(): void {
    this.#paragraph()
    this.#blocks.finish()
  }

  #paragraph(): void {
    const level = this.#outline
    const heading = level !== null && level >= 0 && level < BODY_LEVEL
    this.#blocks.end(heading ? Math.min(6, level + 1) : 'paragraph')
  }

  #openRow(): void {
    if (this.#inRow) return
    this.#paragraph()
    this.#inRow = true
    this.#blocks.openRow()
  }

  #openCell(): void {
    if (!this.#inRow || this.#inCell) return
    this.#inCell = true
    this.#blocks.openCell()
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
