import { Zip, ZipDeflate } from 'fflate'
import { type Column, cells, ENTITY_COLUMNS, headings, RELATION_COLUMNS } from './export-table.ts'
import type { GraphRows } from './graph-rows.ts'
import { xmlText } from './xml-text.ts'

/** Limits of the format: rows of a sheet, the heading among them, and UTF-16 units of a cell. */
const MOST_ROWS = 1_048_576
const LONGEST_CELL = 32_767
/** Characters of a sheet that are packed at a time; a few milliseconds. */
const PIECE = 64 * 1024

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const CONTENT = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** A workbook with a sheet of entities and one of relations; more where one is full. */
export async function* xlsxGraph(rows: GraphRows): AsyncGenerator<Uint8Array> {
  const packed: Uint8Array[] = []
  const zip = new Zip((error, data) => {
    if (error) throw error
    packed.push(data)
  })
  const names: string[] = []
  for await (const { sheet, text } of sheetPieces(rows)) {
    if (names.at(-1) !== sheet.name) names.push(sheet.name)
    sheet.open(zip, names.length)
    sheet.push(text)
    yield* packed.splice(0)
  }
  for (const [path, content] of bookParts(names)) {
    const part = new ZipDeflate(path)
    zip.add(part)
    part.push(Buffer.from(content), true)
  }
  zip.end()
  yield* packed.splice(0)
}

/** One sheet on its way into the file. */
class Sheet {
  readonly name: string
  #part: ZipDeflate | null = null

  constructor(name: string) {
    this.name = name
  }

  open(zip: Zip, number: number): void {
    if (this.#part !== null) return
    this.#part = new ZipDeflate(`xl/worksheets/sheet${number}.xml`, { level: 6 })
    zip.add(this.#part)
  }

  /** @param text null ends the sheet */
  push(text: string | null): void {
    this.#part?.push(Buffer.from(text ?? ''), text === null)
  }
}

async function* sheetPieces(rows: GraphRows) {
  yield* sheetsOf('Entities', ENTITY_COLUMNS, rows.entities())
  yield* sheetsOf('Relations', RELATION_COLUMNS, rows.relations())
}

async function* sheetsOf<Item>(
  name: string,
  columns: readonly Column<Item>[],
  items: AsyncIterable<Item>,
): AsyncGenerator<{ sheet: Sheet; text: string | null }> {
  const head = `${XML}<worksheet xmlns="${MAIN}"><sheetData>${xmlRow(1, headings(columns))}`
  let sheet = new Sheet(name)
  let written = 1
  let text = head
  for await (const item of items) {
    if (written === MOST_ROWS) {
      yield* ending(sheet, text)
      sheet = new Sheet(nextName(sheet.name, name))
      written = 1
      text = head
    }
    written++
    text += xmlRow(written, cells(columns, item))
    if (text.length < PIECE) continue
    yield { sheet, text }
    text = ''
  }
  yield* ending(sheet, text)
}

function* ending(sheet: Sheet, text: string) {
  yield { sheet, text: `${text}</sheetData></worksheet>` }
  yield { sheet, text: null }
}

function nextName(current: string, name: string): string {
  const number = current === name ? 1 : Number(current.slice(name.length + 1))
  return `${name} ${number + 1}`
}

/** Texts stand in their cells; none is ever a formula. Some readers need the places of cells. */
function xmlRow(number: number, values: readonly (string | number)[]): string {
  const list = values.map((value, column) => {
    const place = `r="${'ABCDEFGH'[column]}${number}"`
    return typeof value === 'number'
      ? `<c ${place}><v>${value}</v></c>`
      : `<c ${place} t="inlineStr"><is><t xml:space="preserve">${xmlText(cut(value))}</t></is></c>`
  })
  return `<row r="${number}">${list.join('')}</row>`
}

/** `_x000A_` and its like mean characters in this format, so their first underscore is written so. */
function cut(text: string): string {
  return text.slice(0, LONGEST_CELL).replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
}

function bookParts(names: readonly string[]): [string, string][] {
  const numbered = names.map((name, i) => ({ name, number: i + 1 }))
  const sheets = numbered.map(
    ({ name, number }) => `<sheet name="${name}" sheetId="${number}" r:id="rId${number}"/>`,
  )
  const relations = numbered.map(
    ({ number }) =>
      `<Relationship Id="rId${number}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${number}.xml"/>`,
  )
  const types = numbered.map(
    ({ number }) =>
      `<Override PartName="/xl/worksheets/sheet${number}.xml" ContentType="${CONTENT}.worksheet+xml"/>`,
  )
  return [
    [
      'xl/workbook.xml',
      `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${sheets.join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `${XML}<Relationships xmlns="${PACKAGE}/relationships">${relations.join('')}</Relationships>`,
    ],
    [
      '_rels/.rels',
      `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      '[Content_Types].xml',
      `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${CONTENT}.sheet.main+xml"/>${types.join('')}</Types>`,
    ],
  ]
}
