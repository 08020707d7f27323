import { prefixed, type XmlHandler } from '../markup/parse-xml.ts'
import { UnreadableFile } from '../unreadable-file.ts'

export interface OpenSheet {
  readonly name: string
  /** Its place among all sheets, hidden ones too, from 1. */
  readonly number: number
  readonly isShown: boolean
  /** As they are shown, with an empty one where rows are left out. */
  readonly rows: string[][]
}

/** Cells and rows that one attribute may repeat: a few bytes of a file must not become many. */
const MOST_COLUMNS_REPEATED = 1000
const MOST_ROWS_REPEATED = 1000
/** Cells that the rows of a sheet may have together, the empty ones between others too. */
const MOST_CELLS = 5_000_000
/** Characters that cells may repeat. */
const MOST_REPEATED = 1_000_000
const SILENT = new Set(['annotation', 'shapes', 'forms', 'tracked-changes', 'desc', 'title'])

type Attributes = Readonly<Record<string, string>>

/** Reads the sheets of an OpenDocument spreadsheet, one after the other. */
export class OpenSheets {
  readonly #take: (sheet: OpenSheet) => void
  /** Styles of tables that are not shown. */
  readonly #hidden = new Set<string>()
  #style = ''
  #sheets = 0
  #depth = 0
  #silent = 0
  #sheet: OpenSheet | null = null
  #cells = 0
  #repeated = 0
  #row: string[] = []
  #rowTimes = 1
  /** Empty cells that stand before the next that is filled. */
  #gap = 0
  #cellTimes = 1
  #paragraphs: string[] = []
  #inParagraph = false

  constructor(take: (sheet: OpenSheet) => void) {
    this.#take = take
  }

  handler(): XmlHandler {
    return {
      open: (name, attributes) => this.#open(name, attributes),
      close: (name) => this.#close(name),
      text: (text) => {
        if (this.#inParagraph && this.#silent === 0) this.#add(text.replace(/\s+/g, ' '))
      },
    }
  }

  #open(name: string, attributes: Attributes): void {
    if (SILENT.has(name)) this.#silent++
    if (this.#silent > 0) return
    if (name === 'style') this.#style = prefixed(attributes, 'name') ?? ''
    if (name === 'table-properties' && prefixed(attributes, 'display') === 'false') {
      this.#hidden.add(this.#style)
    }
    if (name === 'table' && this.#depth++ === 0) this.#openSheet(attributes)
    if (this.#depth !== 1) return
    if (name === 'table-row') this.#openRow(attributes)
    if (name === 'table-cell' || name === 'covered-table-cell') this.#openCell(attributes)
    if (name === 'p') {
      this.#inParagraph = true
      this.#paragraphs.push('')
    }
    if (name === 's' || name === 'tab' || name === 'line-break') this.#add(' ')
  }

  #close(name: string): void {
    if (SILENT.has(name)) this.#silent--
    if (this.#silent > 0) return
    if (this.#depth === 1) {
      if (name === 'p') this.#inParagraph = false
      if (name === 'table-cell' || name === 'covered-table-cell') this.#closeCell()
      if (name === 'table-row') this.#closeRow()
    }
    if (name === 'table' && --this.#depth === 0 && this.#sheet) {
      this.#take(this.#sheet)
      this.#sheet = null
    }
  }

  #openSheet(attributes: Attributes): void {
    this.#sheet = {
      name: prefixed(attributes, 'name') ?? '',
      number: ++this.#sheets,
      isShown: !this.#hidden.has(prefixed(attributes, 'style-name') ?? ''),
      rows: [],
    }
    this.#cells = 0
  }

  #openRow(attributes: Attributes): void {
    this.#row = []
    this.#gap = 0
    this.#rowTimes = times(attributes, 'number-rows-repeated', MOST_ROWS_REPEATED)
  }

  #openCell(attributes: Attributes): void {
    this.#paragraphs = []
    this.#cellTimes = times(attributes, 'number-columns-repeated', MOST_COLUMNS_REPEATED)
  }

  #add(text: string): void {
    const last = this.#paragraphs.pop()
    if (last !== undefined) this.#paragraphs.push(last + text)
  }

  #closeCell(): void {
    const text = this.#paragraphs.join(' ').trim()
    if (text === '') {
      this.#gap += this.#cellTimes
      return
    }
    for (; this.#gap > 0; this.#gap--) this.#put('')
    for (let n = 0; n < this.#cellTimes && this.#mayRepeat(n, text); n++) this.#put(text)
  }

  #closeRow(): void {
    const rows = this.#sheet?.rows
    if (!rows) return
    // However many empty rows stand there, they part tables as one does.
    if (this.#row.length === 0) {
      if (rows.length > 0 && rows.at(-1)?.length !== 0) rows.push([])
      return
    }
    rows.push(this.#row)
    const text = this.#row.join('')
    for (let n = 1; n < this.#rowTimes && this.#mayRepeat(n, text); n++) {
      this.#count(this.#row.length)
      rows.push([...this.#row])
    }
  }

  #put(text: string): void {
    this.#count(1)
    this.#row.push(text)
  }

  #count(cells: number): void {
    this.#cells += cells
    if (this.#cells > MOST_CELLS) {
      throw new UnreadableFile(`A sheet of the file has more than ${MOST_CELLS} cells.`)
    }
  }

  #mayRepeat(n: number, text: string): boolean {
    if (n > 0) this.#repeated += text.length
    return this.#repeated <= MOST_REPEATED
  }
}

function times(attributes: Attributes, name: string, most: number): number {
  const number = Number(prefixed(attributes, name) ?? 1)
  return number >= 1 ? Math.min(most, Math.floor(number)) : 1
}
