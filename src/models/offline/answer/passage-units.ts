import type { AnswerPassage } from '../../../engine/ports/models.ts'
import { isTableHead } from '../../../engine/text/table-heads.ts'
import { splitSentences } from '../split-sentences.ts'
import { cellsOf, type PassageLine, passageLines } from './passage-lines.ts'

/** What is quoted whole or not at all: a sentence, a row of a table, or an item with its list. */
export interface Unit {
  readonly kind: 'sentence' | 'item' | 'row' | 'lead-in'
  /** As it stands in the passage; of a row its cells with the names of their columns. */
  readonly text: string
  /** What stands above it, outermost first. */
  readonly headings: readonly string[]
  /** The list that it belongs to; null outside of lists. */
  readonly list: UnitList | null
  /** The sentence before it in its paragraph. */
  readonly before: string | null
}

/** A list with what leads into it. */
export interface UnitList {
  /** The line before it that ends in a colon. */
  readonly leadIn: string | null
  readonly items: string[]
}

/** The units of a passage, in order. What navigates, describes the file or rules off is none. */
export function unitsOf(passage: AnswerPassage): Unit[] {
  const reader = new UnitReader(passage.headings ?? [])
  for (const line of passageLines(passage.content)) reader.read(line)
  return reader.end()
}

class UnitReader {
  readonly #units: Unit[] = []
  /** Headings that are open, with their levels. */
  #path: { readonly level: number; readonly title: string }[]
  readonly #titles: ReadonlySet<string>
  #headings: readonly string[]
  #paragraph: string[] = []
  #list: UnitList | null = null
  #leadIn: string | null = null
  /** Names of the columns of the table that is open. */
  #columns: readonly string[] | null
  #row: readonly string[] | null = null
  #isBlank = false

  constructor(headings: readonly string[]) {
    const titles = headings.filter((heading) => !isTableHead(heading))
    const head = headings.find(isTableHead)
    this.#path = titles.map((title, at) => ({ level: at === 0 ? 0 : at + 1, title }))
    this.#titles = new Set(titles)
    this.#headings = titles
    this.#columns = head === undefined ? null : cellsOf(head)
  }

  read(line: PassageLine): void {
    if (line.kind !== 'row' && line.kind !== 'rule') this.#closeTable(line.kind === 'blank')
    if (line.kind === 'blank') this.#blank()
    else if (line.kind === 'heading') this.#heading(line)
    else if (line.kind === 'item') this.#item(line.text)
    else if (line.kind === 'row') this.#tableRow(cellsOf(line.text))
    else if (line.kind === 'rule') this.#tableHead()
    else if (line.kind !== 'skipped') this.#text(line)
    this.#isBlank = line.kind === 'blank'
  }

  end(): Unit[] {
    this.#closeParagraph()
    this.#closeTable(false)
    return this.#units
  }

  #blank(): void {
    this.#closeParagraph()
  }

  #heading({ text, level }: PassageLine): void {
    this.#closeParagraph()
    this.#leadIn = null
    this.#list = null
    if (this.#titles.has(text) && this.#path[0]?.title === text) {
      this.#path = this.#path.slice(0, 1)
      this.#headings = [text]
      return
    }
    while ((this.#path.at(-1)?.level ?? -1) >= level) this.#path.pop()
    this.#path.push({ level, title: text })
    this.#headings = this.#path.map(({ title }) => title)
  }

  #item(text: string): void {
    this.#closeParagraph()
    this.#list ??= this.#openList()
    this.#list.items.push(text)
    this.#add('item', text, this.#list)
  }

  #openList(): UnitList {
    const list: UnitList = { leadIn: this.#leadIn, items: [] }
    const last = this.#units.at(-1)
    if (last?.kind === 'lead-in' && last.text === this.#leadIn) {
      this.#units[this.#units.length - 1] = { ...last, list }
    }
    this.#leadIn = null
    return list
  }

  #text({ kind, text }: PassageLine): void {
    const list = this.#list
    const last = list?.items.at(-1)
    if (list !== null && last !== undefined && !this.#isBlank) {
      // A wrapped item goes on.
      list.items[list.items.length - 1] = `${last} ${text}`
      const unit = this.#units.pop()
      if (unit) this.#units.push({ ...unit, text: `${unit.text} ${text}` })
      return
    }
    this.#list = null
    if (kind === 'label') this.#closeParagraph()
    this.#paragraph.push(text)
    if (text.endsWith(':')) this.#closeParagraph()
  }

  #closeParagraph(): void {
    if (this.#paragraph.length === 0) return
    const paragraph = this.#paragraph.join('\n')
    this.#paragraph = []
    let before: string | null = null
    this.#leadIn = null
    for (const text of splitSentences(paragraph)) {
      const isLeadIn = text.endsWith(':')
      if (isLeadIn) this.#leadIn = text
      this.#add(isLeadIn ? 'lead-in' : 'sentence', text, null, before)
      before = text
    }
  }

  #tableRow(cells: readonly string[]): void {
    this.#closeParagraph()
    this.#list = null
    this.#flushRow()
    this.#row = cells
  }

  /** The row before a rule names the columns. */
  #tableHead(): void {
    this.#columns = this.#row
    this.#row = null
  }

  #flushRow(): void {
    if (this.#row !== null) this.#add('row', rowText(this.#row, this.#columns), null)
    this.#row = null
  }

  #closeTable(isBlank: boolean): void {
    if (this.#row === null) {
      if (!isBlank) this.#columns = null
      return
    }
    this.#flushRow()
    this.#columns = null
  }

  #add(kind: Unit['kind'], text: string, list: UnitList | null, before: string | null = null) {
    this.#units.push({
      kind,
      text,
      list,
      before,
      headings: this.#headings,
    })
  }
}

/** Cells with the names of their columns, so that no figure stands without what it is of. */
function rowText(cells: readonly string[], columns: readonly string[] | null): string {
  return cells
    .flatMap((cell, at) => {
      const name = columns?.[at] ?? ''
      return cell === '' ? [] : [name === '' ? cell : `${name}: ${cell}`]
    })
    .join('; ')
}
