import { prefixed, type XmlHandler } from '../../markup/parse-xml.ts'
import { XmlTree } from '../../markup/xml-tree.ts'
import { officeMath } from '../../math/office-math.ts'
import type { BlockWriter } from '../../text/block-writer.ts'
import type { WordNumbers } from './word-numbers.ts'
import type { WordStyles } from './word-styles.ts'
import { WordTables } from './word-tables.ts'

export interface WordParts {
  readonly styles: WordStyles
  readonly numbers: WordNumbers
  /** Words of footnotes, endnotes and comments by the kind of their reference and their ids. */
  readonly notes: ReadonlyMap<string, string>
  /** Lines of a chart by the id of its relationship. */
  readonly charts: ReadonlyMap<string, readonly string[]>
}

interface Paragraph {
  readonly words: string[]
  style: string
  outline: number | null
  list: string | null
  level: number | null
  /** What stands in boxes that are fixed to it. */
  readonly boxes: string[]
}

/** Deleted or moved away while changes were tracked, or kept twice for older programs. */
const SILENT = new Set(['del', 'moveFrom', 'Fallback'])
const SIGNS: Readonly<Record<string, string>> = {
  tab: '\t',
  br: '\n',
  cr: '\n',
  noBreakHyphen: '\u2011',
}

/** Writes the body of a Word document: headings and lists with their numbers, notes in their place. */
export function wordBody(blocks: BlockWriter, parts: WordParts): XmlHandler {
  const body = new WordBody(blocks, parts)
  return {
    open: (name, attributes) => body.open(name, attributes),
    close: (name) => body.close(name),
    text: (text) => body.text(text),
  }
}

class WordBody {
  readonly #blocks: BlockWriter
  readonly #parts: WordParts
  readonly #tables: WordTables
  /** A box stands in a paragraph and has paragraphs of its own. */
  readonly #open: Paragraph[] = []
  #silent = 0
  #boxes = 0
  #inText = false
  #inRun = false
  #isHidden = false
  /** How to say the words before, while such are read. */
  #ruby: string[] | null = null
  #inRuby = false
  #formula: XmlTree | null = null

  constructor(blocks: BlockWriter, parts: WordParts) {
    this.#blocks = blocks
    this.#parts = parts
    this.#tables = new WordTables(blocks)
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (SILENT.has(name)) this.#silent++
    if (this.#silent > 0) return
    if (name === 'oMath') this.#formula ??= new XmlTree()
    if (this.#formula) this.#formula.open(name, attributes)
    else this.#openElement(name, attributes)
  }

  #openElement(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.#boxes === 0) this.#tables.open(name, attributes)
    if (name === 'txbxContent') this.#boxes++
    if (name === 'p') this.#openParagraph()
    if (name === 'r') {
      this.#inRun = true
      this.#isHidden = false
    }
    if (name === 'vanish' && this.#inRun) this.#isHidden = isOn(prefixed(attributes, 'val'))
    if (name === 't') this.#inText = true
    if (name === 'ruby') this.#ruby = []
    if (name === 'rt') this.#inRuby = true
    // The properties of a paragraph have tabs as well: where they stop.
    if (this.#inRun && SIGNS[name]) this.#write(SIGNS[name])
    this.#layOut(name, attributes)
  }

  #layOut(name: string, attributes: Readonly<Record<string, string>>): void {
    const paragraph = this.#open.at(-1)
    if (!paragraph) return
    const value = prefixed(attributes, 'val') ?? ''
    if (name === 'pStyle') paragraph.style = value
    else if (name === 'outlineLvl') paragraph.outline = Number(value)
    else if (name === 'numId') paragraph.list = value
    else if (name === 'ilvl') paragraph.level = Number(value)
    else if (name.endsWith('Reference')) {
      const note = this.#parts.notes.get(`${name} ${prefixed(attributes, 'id')}`)
      if (note) this.#write(` (${note})`)
    } else if (name === 'chart') {
      for (const line of this.#parts.charts.get(prefixed(attributes, 'id') ?? '') ?? []) {
        paragraph.boxes.push(line)
      }
    }
  }

  close(name: string): void {
    if (SILENT.has(name)) this.#silent--
    if (this.#silent > 0) return
    if (this.#formula) this.#closeFormula(this.#formula)
    else this.#closeElement(name)
  }

  #closeElement(name: string): void {
    if (name === 't') this.#inText = false
    if (name === 'r') this.#inRun = false
    if (name === 'rt') this.#inRuby = false
    if (name === 'ruby') this.#closeRuby()
    if (name === 'p') this.#closeParagraph()
    if (name === 'txbxContent') this.#boxes--
    if (this.#boxes === 0) this.#tables.close(name)
  }

  text(text: string): void {
    if (this.#silent > 0) return
    if (this.#formula) this.#formula.text(text)
    else if (this.#inText) this.#write(text)
  }

  #write(text: string): void {
    if (this.#isHidden) return
    if (this.#inRuby) this.#ruby?.push(text)
    else this.#open.at(-1)?.words.push(text)
  }

  #openParagraph(): void {
    this.#open.push({ words: [], style: '', outline: null, list: null, level: null, boxes: [] })
  }

  #closeRuby(): void {
    const said = this.#ruby?.join('') ?? ''
    this.#ruby = null
    if (said !== '') this.#write(`(${said})`)
  }

  #closeFormula(tree: XmlTree): void {
    tree.close()
    if (!tree.root) return
    this.#formula = null
    this.#write(officeMath(tree.root))
  }

  #closeParagraph(): void {
    const paragraph = this.#open.pop()
    if (!paragraph) return
    const words = paragraph.words.join('')
    const around = this.#open.at(-1)
    if (around) {
      if (words.trim() !== '') around.boxes.push(words)
      for (const box of paragraph.boxes) around.boxes.push(box)
      return
    }
    this.#endBlock(paragraph, words)
    for (const box of paragraph.boxes) {
      this.#blocks.write(box)
      this.#blocks.end('line')
    }
  }

  #endBlock({ style: id, outline, list, level }: Paragraph, words: string): void {
    const style = this.#parts.styles.of(id)
    const own = outline === null ? style.heading : outline < 9 ? outline + 1 : null
    const numbering = { list: list ?? style.list ?? '0', level: level ?? style.level ?? 0 }
    // Word counts empty paragraphs too; those without words are no items of ours.
    const number = words.trim() === '' ? null : this.#parts.numbers.next(numbering)
    this.#blocks.write(words)
    const prefix = number === null ? '' : `${number} `
    if (own !== null) this.#blocks.end(Math.min(6, own), number === '-' ? '' : prefix)
    else this.#blocks.end(number === null ? 'paragraph' : 'line', prefix)
  }
}

const isOn = (value: string | undefined) => !(value === '0' || value === 'false' || value === 'off')
