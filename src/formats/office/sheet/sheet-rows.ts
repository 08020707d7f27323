import { parseXml, type XmlHandler } from '../../markup/parse-xml.ts'
import { UnreadableFile } from '../../unreadable-file.ts'
import { formatted } from './number-format.ts'
import type { SheetStyles } from './sheet-styles.ts'

export interface Workbook {
  readonly styles: SheetStyles
  readonly strings: readonly string[]
  readonly is1904: boolean
}

/** Columns and rows that a sheet can have; what points beyond is damaged. */
const MOST_COLUMNS = 16_384
const MOST_ROWS = 1_048_576
/** Cells that merged ones may repeat. */
const MOST_REPEATED = 10_000
/** Cells that the rows of a sheet may have together, the empty ones between others too. */
const MOST_CELLS = 5_000_000
const RANGE = /^([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})$/
const REFERENCE = /^([A-Z]{1,3})\d/

/** The rows of a sheet as it shows them, with an empty one where rows are left out. */
export function sheetRows(xml: string, workbook: Workbook, maxDepth: number): string[][] {
  const sheet = new Sheet(workbook)
  parseXml(xml, sheet.handler(), maxDepth)
  return sheet.rows
}

class Sheet {
  readonly #workbook: Workbook
  readonly rows: string[][] = []
  /** Where each row of the sheet stands among those that are kept. */
  readonly #places = new Map<number, number>()
  #row: string[] = []
  #number = 0
  #column = 0
  #type = ''
  #style: string | undefined
  #value = ''
  #formula = ''
  #hasFormula = false
  #cells = 0
  #repeated = 0

  constructor(workbook: Workbook) {
    this.#workbook = workbook
  }

  handler(): XmlHandler {
    let place: 'value' | 'formula' | null = null
    let silent = 0
    return {
      open: (name, attributes) => {
        if (name === 'row') this.#openRow(Number(attributes.r))
        if (name === 'c') this.#openCell(attributes)
        if (name === 'f') this.#hasFormula = true
        if (name === 'rPh') silent++
        if (name === 'mergeCell') this.#merge(attributes.ref ?? '')
        place = name === 'v' || name === 't' ? 'value' : name === 'f' ? 'formula' : null
      },
      close: (name) => {
        place = null
        if (name === 'rPh') silent--
        if (name === 'c') this.#closeCell()
      },
      text: (text) => {
        if (place === 'value' && silent === 0) this.#value += text
        if (place === 'formula') this.#formula += text
      },
    }
  }

  #openRow(given: number): void {
    const number = given >= 1 && given <= MOST_ROWS ? given : this.#number + 1
    if (number > this.#number + 1 && this.rows.length > 0) this.rows.push([])
    this.#number = number
    this.#column = 0
    this.#row = []
    this.#places.set(number, this.rows.length)
    this.rows.push(this.#row)
  }

  #openCell({ r = '', t = '', s }: Readonly<Record<string, string>>): void {
    const letters = REFERENCE.exec(r)?.[1]
    if (letters) this.#column = columnOf(letters)
    this.#type = t
    this.#style = s
    this.#value = ''
    this.#formula = ''
    this.#hasFormula = false
  }

  #closeCell(): void {
    const text = this.#text()
    const column = this.#column++
    if (text === '' || column >= MOST_COLUMNS) return
    this.#cells += column + 1 - this.#row.length
    if (this.#cells > MOST_CELLS) {
      throw new UnreadableFile(`A sheet of the file has more than ${MOST_CELLS} cells.`)
    }
    while (this.#row.length < column) this.#row.push('')
    this.#row[column] = text
  }

  #text(): string {
    const value = this.#value
    if (value === '' && this.#hasFormula) return this.#uncounted()
    if (this.#type === 's') return this.#workbook.strings[Number(value)] ?? ''
    if (this.#type === 'b') return value === '1' ? 'TRUE' : 'FALSE'
    if (this.#type !== '' && this.#type !== 'n') return value
    if (value.trim() === '' || Number.isNaN(Number(value))) return value
    return formatted(Number(value), this.#workbook.styles.of(this.#style), this.#workbook.is1904)
  }

  /** Nobody has opened the workbook since the formula was written. */
  #uncounted(): string {
    if (this.#type === 'str') return ''
    return this.#formula === '' ? '(not calculated)' : `=${this.#formula} (not calculated)`
  }

  /** A cell that takes several rows is said in each of them. */
  #merge(range: string): void {
    const [, from = '', first, to = '', last] = RANGE.exec(range) ?? []
    const place = this.#places.get(Number(first))
    const text = this.rows[place ?? -1]?.[columnOf(from)]
    if (!text || columnOf(to) >= MOST_COLUMNS) return
    for (let row = Number(first) + 1; row <= Number(last); row++) {
      const below = this.rows[this.#places.get(row) ?? -1]
      if (!below || this.#repeated++ > MOST_REPEATED) return
      while (below.length < columnOf(from)) below.push('')
      below[columnOf(from)] ||= text
    }
  }
}

/** From 0. */
function columnOf(letters: string): number {
  let column = 0
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64
  return column - 1
}
