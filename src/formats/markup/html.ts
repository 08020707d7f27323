import { Parser } from 'htmlparser2'
import { markupMath } from '../math/markup-math.ts'
import { BlockWriter } from '../text/block-writer.ts'
import { type ListStyle, listNumber } from '../text/list-number.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { UnreadableFile } from '../unreadable-file.ts'
import { XmlTree } from './xml-tree.ts'

const SILENT = new Set(['script', 'style', 'template', 'noscript', 'svg', 'iframe', 'object'])
const BLOCKS = new Set(
  [
    'address article aside blockquote body center details dialog dd div dl dt fieldset figcaption',
    'figure footer form header hr html li main menu nav ol p pre section summary table tbody tfoot',
    'thead title ul caption option legend h1 h2 h3 h4 h5 h6',
  ].flatMap((line) => line.split(' ')),
)
const HEADING = /^h([1-6])$/
const STYLES: readonly ListStyle[] = ['1', 'a', 'A', 'i', 'I']
const LISTS = new Set(['ul', 'ol', 'menu'])
/** In characters, of the words that stand for a picture. */
const LONGEST_ALT = 1000

interface OpenList {
  readonly style: ListStyle | null
  next: number
}

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
  readonly #lists: OpenList[] = []
  #formula: XmlTree | null = null
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
    if (name === 'math') this.#formula ??= new XmlTree()
    if (this.#formula) this.#formula.open(name, attributes)
    else this.#openElement(name, attributes)
  }

  #openElement(name: string, attributes: Readonly<Record<string, string>>): void {
    if (name === 'img') this.#picture(attributes.alt ?? '')
    if (name === 'br') this.#blocks.write('\n')
    if (BLOCKS.has(name)) this.#end()
    if (name === 'title') this.#inTitle = true
    if (LISTS.has(name)) this.#openList(name, attributes)
    if (name === 'li') this.#prefix = this.#mark(attributes.value)
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
    if (this.#formula) this.#closeFormula(this.#formula)
    else this.#closeElement(name)
  }

  #closeElement(name: string): void {
    if (LISTS.has(name)) this.#lists.pop()
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
    if (this.#formula) this.#formula.text(text)
    else if (this.#inTitle) this.#title += text
    else this.#blocks.write(this.#verbatim > 0 ? text : text.replace(/[ \t\r\n\f]+/g, ' '))
  }

  #closeFormula(tree: XmlTree): void {
    tree.close()
    if (!tree.root) return
    this.#formula = null
    this.#blocks.write(markupMath(tree.root))
  }

  #picture(alt: string): void {
    const words = alt.slice(0, LONGEST_ALT).replace(/\s+/g, ' ').trim()
    if (words !== '') this.#blocks.write(`[${words}]`)
  }

  #openList(name: string, { start, type = '1' }: Readonly<Record<string, string>>): void {
    const style = STYLES.find((one) => one === type) ?? '1'
    const next = Number.parseInt(start ?? '1', 10)
    this.#lists.push({ style: name === 'ol' ? style : null, next: Number.isNaN(next) ? 1 : next })
  }

  /** What stands before the next item of a list. */
  #mark(value: string | undefined): string {
    const list = this.#lists.at(-1)
    if (!list || list.style === null) return '- '
    const given = Number.parseInt(value ?? '', 10)
    const number = Number.isNaN(given) ? list.next : given
    list.next = number + 1
    return `${listNumber(number, list.style)}. `
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
