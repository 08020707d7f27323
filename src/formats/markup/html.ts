import { Parser } from 'htmlparser2'
import { BlockWriter } from '../text/block-writer.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { UnreadableFile } from '../unreadable-file.ts'

const SILENT = new Set([
  'script',
  'style',
  'template',
  'noscript',
  'svg',
  'math',
  'iframe',
  'object',
])
const BLOCKS = new Set(
  [
    'address article aside blockquote body center details dialog dd div dl dt fieldset figcaption',
    'figure footer form header hr html li main menu nav ol p pre section summary table tbody tfoot',
    'thead title ul caption option legend h1 h2 h3 h4 h5 h6',
  ].flatMap((line) => line.split(' ')),
)
const HEADING = /^h([1-6])$/

/**
 * Reads HTML of any quality: words, headings, list items and table rows.
 *
 * @throws {UnreadableFile} when it nests too deeply
 */
export function writeHtml(html: string, builder: TextBuilder, maxDepth: number): void {
  const reader = new HtmlReader(builder, maxDepth)
  const parser = new Parser({
    onopentag: (name, attributes) => reader.open(name, attributes),
    onclosetag: (name) => reader.close(name),
    ontext: (text) => reader.text(text),
  })
  parser.end(html)
  reader.finish()
}

class HtmlReader {
  readonly #blocks: BlockWriter
  readonly #builder: TextBuilder
  readonly #maxDepth: number
  #depth = 0
  #silent = 0
  #verbatim = 0
  #inTitle = false
  #title = ''
  #prefix = ''
  /** Of the rows that are open, whether all of their cells name columns. */
  readonly #heads: boolean[] = []

  constructor(builder: TextBuilder, maxDepth: number) {
    this.#builder = builder
    this.#blocks = new BlockWriter(builder)
    this.#maxDepth = maxDepth
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (++this.#depth > this.#maxDepth) {
      throw new UnreadableFile(`The file nests elements more than ${this.#maxDepth} deep.`)
    }
    if (SILENT.has(name)) this.#silent++
    if (this.#silent > 0) return
    if (name === 'br') this.#blocks.write('\n')
    if (BLOCKS.has(name)) this.#end()
    if (name === 'title') this.#inTitle = true
    if (name === 'li') this.#prefix = '- '
    if (name === 'pre') this.#verbatim++
    if (name === 'tr') this.#openRow()
    if (name === 'td') this.#heads.splice(-1, 1, false)
    if (name === 'td' || name === 'th') {
      const { colspan = 1, rowspan = 1 } = attributes
      this.#blocks.openCell(Number(colspan), Number(rowspan) || 1)
    }
  }

  close(name: string): void {
    this.#depth--
    if (SILENT.has(name)) this.#silent--
    if (this.#silent > 0) return
    const level = HEADING.exec(name)?.[1]
    if (level) this.#end(Number(level))
    else if (BLOCKS.has(name)) this.#end()
    if (name === 'title') this.#inTitle = false
    if (name === 'li') this.#prefix = ''
    if (name === 'pre') this.#verbatim--
    if (name === 'td' || name === 'th') this.#blocks.closeCell()
    if (name === 'tr') this.#blocks.closeRow(this.#heads.pop())
    if (name === 'table') this.#blocks.endTable()
  }

  text(text: string): void {
    if (this.#silent > 0) return
    if (this.#inTitle) this.#title += text
    else this.#blocks.write(this.#verbatim > 0 ? text : text.replace(/[ \t\r\n\f]+/g, ' '))
  }

  #openRow(): void {
    this.#blocks.openRow()
    this.#heads.push(true)
  }

  finish(): void {
    this.#blocks.finish()
    // A page may have no words but those of its title.
    this.#writeTitle()
  }

  #end(level?: number): void {
    if (this.#blocks.blank) return
    // A title above a heading of the first level would only repeat it.
    if (level === 1) this.#title = ''
    else this.#writeTitle()
    this.#blocks.end(level ?? (this.#prefix === '' ? 'paragraph' : 'line'), this.#prefix)
    this.#prefix = ''
  }

  #writeTitle(): void {
    if (this.#title.trim() !== '') this.#builder.paragraph(this.#title.replace(/\s+/g, ' '))
    this.#title = ''
  }
}
