import { prefixed, type XmlHandler } from '../markup/parse-xml.ts'
import type { BlockWriter } from '../text/block-writer.ts'
import { MathWatch } from './formulas.ts'
import type { ItemNumbers } from './item-numbers.ts'

const SILENT = new Set(['tracked-changes', 'annotation', 'note-citation', 'forms', 'desc', 'title'])
const LONGEST_SPACE = 100

type Attributes = Readonly<Record<string, string>>

export interface OpenTextParts {
  readonly numbers: ItemNumbers
  /** In a line each, by the links to the objects that they are in. */
  readonly formulas: ReadonlyMap<string, string>
}

/** Makes blocks of the body of an OpenDocument file: paragraphs, headings, lists and tables. */
export function openText(blocks: BlockWriter, { numbers, formulas }: OpenTextParts): XmlHandler {
  const words = wordHandler(blocks, numbers)
  const math = new MathWatch()
  let body = 0
  let silent = 0
  const isUnseen = () => silent > 0 || body === 0
  return {
    open(name, attributes) {
      if (name === 'body') body++
      if (SILENT.has(name)) silent++
      if (isUnseen()) return
      math.open(name, attributes)
      if (math.isInside) return
      if (name === 'object') blocks.write(formulas.get(prefixed(attributes, 'href') ?? '') ?? '')
      words.open?.(name, attributes)
    },
    close(name) {
      if (SILENT.has(name)) silent--
      if (isUnseen()) return
      if (!math.isInside) words.close?.(name)
      else blocks.write(math.close() ?? '')
    },
    text(text) {
      if (math.isInside) math.text(text)
      else if (!isUnseen()) blocks.write(text.replace(/[ \t\r\n]+/g, ' '))
    },
  }
}

function wordHandler(blocks: BlockWriter, numbers: ItemNumbers): XmlHandler {
  let notes = 0
  let level = 1
  let prefix = ''
  const table = tableHandler(blocks)
  const heading = (attributes: Attributes) => {
    level = numberIn(attributes, 'outline-level') ?? 1
    if (prefixed(attributes, 'is-list-header') !== 'true') prefix ||= numbers.nextHeading(level)
  }
  const list = (attributes: Attributes) => {
    const goesOn = prefixed(attributes, 'continue-numbering') === 'true'
    numbers.openList(prefixed(attributes, 'style-name'), goesOn)
  }
  return {
    open(name, attributes) {
      if (name === 'h') heading(attributes)
      if (name === 'list') list(attributes)
      if (name === 'list-item') prefix = numbers.nextItem(numberIn(attributes, 'start-value'))
      // A note stands within its paragraph, and so do its words.
      if (name === 'note' && notes++ === 0) blocks.write(' (')
      table.open?.(name, attributes)
      blocks.write(whiteSpace(name, attributes))
    },
    close(name) {
      if (name === 'list') numbers.closeList()
      if (name === 'note' && --notes === 0) blocks.write(')')
      if (notes > 0) return
      if (name === 'h') blocks.end(Math.min(level, 6), prefix)
      if (name === 'p') blocks.end(prefix === '' ? 'paragraph' : 'line', prefix)
      if (name === 'h' || name === 'p') prefix = ''
      table.close?.(name)
    },
  }
}

function tableHandler(blocks: BlockWriter): XmlHandler {
  let inHead = false
  return {
    open(name, attributes) {
      if (name === 'table-header-rows') inHead = true
      if (name === 'table-row') blocks.openRow(inHead)
      if (name === 'covered-table-cell') blocks.openCell(1, 0)
      if (name !== 'table-cell') return
      blocks.openCell(
        numberIn(attributes, 'number-columns-repeated') ?? 1,
        numberIn(attributes, 'number-rows-spanned') ?? 1,
      )
    },
    close(name) {
      if (name === 'table-cell' || name === 'covered-table-cell') blocks.closeCell()
      if (name === 'table-row') blocks.closeRow()
      if (name === 'table-header-rows') inHead = false
      if (name === 'table') blocks.endTable()
    },
  }
}

/** A whole number from 1 on; undefined for anything else. */
function numberIn(attributes: Attributes, name: string): number | undefined {
  const number = Number(prefixed(attributes, name))
  return Number.isInteger(number) && number > 0 ? number : undefined
}

/** The format has elements for spaces and line breaks. */
function whiteSpace(name: string, attributes: Attributes): string {
  if (name === 'tab') return '\t'
  if (name === 'line-break') return '\n'
  if (name !== 's') return ''
  return ' '.repeat(Math.min(LONGEST_SPACE, Number(prefixed(attributes, 'c')) || 1))
}
