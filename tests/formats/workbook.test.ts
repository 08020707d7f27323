import { describe, expect, it } from 'vitest'
import { headingsIn, pagesOf, readingFiles } from './reading.ts'
import { docx, relationships, textCell, wordParagraph, xlsx } from './sample-files.ts'

const read = readingFiles()
const readAll = readingFiles({ readHidden: true })
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const cell = (value: number, style: number) => `<c s="${style}"><v>${value}</v></c>`

/** Formats of cells by their numbers, from 0. */
const FORMATS = [
  'General',
  '0.00%',
  '"$"#,##0.00',
  '#,##0.00\\ [$€-407]',
  'yyyy-mm-dd',
  'dd/mm/yy hh:mm',
  '[h]:mm:ss',
  '0" pcs"',
  '_($* #,##0_);_($* (#,##0);_($* "-"??_);_(@_)',
]
const STYLES = {
  'xl/styles.xml': `<styleSheet ${MAIN}><numFmts>${FORMATS.map((code, i) => `<numFmt numFmtId="${200 + i}" formatCode="${code.replaceAll('"', '&quot;')}"/>`).join('')}</numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>${FORMATS.map((_, i) => `<xf numFmtId="${200 + i}"/>`).join('')}<xf numFmtId="10"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
}

describe('a workbook', () => {
  it.each([
    [0, 0.1 + 0.2, '0.3'],
    [1, 0.01005, '1.01%'],
    [1, 0.9876, '98.76%'],
    [2, 1234.5, '$1,234.50'],
    [2, -7, '-$7.00'],
    [3, 1234567.891, '1,234,567.89 €'],
    [4, 46205, '2026-07-02'],
    [5, 46205.5, '2026-07-02 12:00:00'],
    [6, 1.25, '30:00:00'],
    [7, 12, '12 pcs'],
    [8, 1500, '$1,500'],
    [9, 0.475, '47.50%'],
    [10, 59, '1900-02-28'],
  ])('shows numbers as it does to people: %d %d', async (style, value, text) => {
    const file = xlsx({ A: [[textCell('x'), cell(value, style)]] }, STYLES)
    expect((await read('a.xlsx', file)).text).toBe(`A\n\n| x | ${text} |`)
  })

  it('names formulas that nobody has calculated', async () => {
    const rows = [
      [textCell('Item'), textCell('Total')],
      [textCell('Crane'), '<c><f>SUM(1,2)</f><v>3</v></c>'],
      [textCell('Lift'), '<c><f>A9*7</f></c>'],
    ]
    expect((await read('a.xlsx', xlsx({ Plan: rows }))).text).toBe(
      'Plan\n\n- Item: Crane; Total: 3\n- Item: Lift; Total: =A9*7 (not calculated)',
    )
  })

  it('has a page for each sheet, by its place among all of them', async () => {
    const rows = (text: string) => [[textCell(text)]]
    const sheets = {
      prices: rows('Crane 9'),
      Empty: [],
      Old: rows('secret'),
      'B & C': rows('Lift'),
    }
    const names = ['prices', 'Empty', 'Old', 'B &amp; C']
    const list = names.map(
      (name, i) =>
        `<sheet name="${name}" sheetId="${9 - i}"${name === 'Old' ? ' state="hidden"' : ''} r:id="rId${i}"/>`,
    )
    const workbook = `<workbook ${MAIN} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>${list.join('')}</sheets></workbook>`
    const file = await read('a.xlsx', xlsx(sheets, { 'xl/workbook.xml': workbook }))
    expect(pagesOf(file)).toEqual({ 1: 'prices\n\nCrane 9', 4: 'B & C\n\nLift' })
    expect(headingsIn(file)).toEqual([
      [1, 'prices'],
      [1, 'B & C'],
    ])
  })

  it('gives hidden sheets by option alone', async () => {
    const sheets = { Plan: [[textCell('seen')]], Old: [[textCell('secret')]] }
    const workbook = `<workbook ${MAIN} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Plan" sheetId="1" r:id="rId0"/><sheet name="Old" sheetId="2" state="hidden" r:id="rId1"/></sheets></workbook>`
    const file = xlsx(sheets, { 'xl/workbook.xml': workbook })
    expect((await read('a.xlsx', file)).text).toBe('Plan\n\nseen')
    expect((await readAll('a.xlsx', file)).text).toBe('Plan\n\nseen\n\nOld\n\nsecret')
  })

  it('says a cell that takes several rows in each of them', async () => {
    const row = (number: number, ...cells: readonly string[]) =>
      `<row r="${number}">${cells.join('')}</row>`
    const at = (place: string, text: string) => textCell(text).replace('<c', `<c r="${place}"`)
    const sheet = `<worksheet ${MAIN}><sheetData>${row(1, at('A1', 'Area'), at('B1', 'City'))}${row(2, at('A2', 'North'), at('B2', 'Kiel'))}${row(3, '<c r="A3"/>', at('B3', 'Bremen'))}</sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells></worksheet>`
    const file = xlsx({ A: [] }, { 'xl/worksheets/sheet1.xml': sheet })
    expect((await read('a.xlsx', file)).text).toBe(
      'A\n\n- Area: North; City: Kiel\n- Area: North; City: Bremen',
    )
  })

  it('has its titles, shared texts, charts and text boxes', async () => {
    const shared = `<sst ${MAIN}><si><r><t>東</t></r><r><t>京</t></r><rPh sb="0" eb="2"><t>トウ</t></rPh></si></sst>`
    const file = xlsx(
      {
        A: [
          [textCell('Cities of 2026')],
          [],
          [textCell('City'), textCell('Since')],
          ['<c t="s"><v>0</v></c>', textCell('May')],
        ],
      },
      {
        'xl/_rels/workbook.xml.rels': relationships(
          ['rId0', 'worksheet', 'worksheets/sheet1.xml'],
          ['t', 'sharedStrings', 'sharedStrings.xml'],
        ),
        'xl/sharedStrings.xml': shared,
        'xl/worksheets/_rels/sheet1.xml.rels': relationships(['d', 'drawing', '../drawings/d.xml']),
        'xl/drawings/d.xml': '<d><sp><txBody><p><r><t>Mind the gap.</t></r></p></txBody></sp></d>',
        'xl/drawings/_rels/d.xml.rels': relationships(['c', 'chart', '../charts/c.xml']),
        'xl/charts/c.xml':
          '<chartSpace><title><t>Growth</t></title><ser><cat><pt idx="0"><v>Kiel</v></pt></cat><val><pt idx="0"><v>4</v></pt></val></ser></chartSpace>',
      },
    )
    const { text, headings } = await read('a.xlsx', file)
    expect(text).toBe(
      'A\n\nCities of 2026\n\n- City: 東京; Since: May\n\nMind the gap.\nGrowth\n- Kiel: 4',
    )
    expect(headings.map(({ level, title }) => [level, title])).toEqual([
      [1, 'A'],
      [2, 'Cities of 2026'],
    ])
  })

  it('that claims cells beyond all sheets is refused, or has none of them', async () => {
    const row = (number: number) => `<row r="${number}"><c r="XFD${number}"><v>1</v></c></row>`
    const sheet = (rows: string) => ({
      'xl/worksheets/sheet1.xml': `<worksheet ${MAIN}><sheetData>${rows}</sheetData></worksheet>`,
    })
    const wide = sheet(Array.from({ length: 400 }, (_, i) => row(i + 1)).join(''))
    await expect(read('a.xlsx', xlsx({ A: [] }, wide))).rejects.toThrow(/more than \d+ cells/)
    const beyond = sheet('<row r="9999999"><c r="ZZZ1"><v>1</v></c><c r="A1"><v>2</v></c></row>')
    expect((await read('a.xlsx', xlsx({ A: [] }, beyond))).text).toBe('A\n\n2')
  })
})

describe('a Word document', () => {
  it('gives comments, headers and footers by option alone, each once', async () => {
    const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    const part = (text: string) => `<w:hdr ${W}>${wordParagraph(text)}</w:hdr>`
    const file = docx(
      '<w:p><w:r><w:t>We sell pumps</w:t></w:r><w:r><w:commentReference w:id="1"/></w:r></w:p>',
      {
        'word/_rels/document.xml.rels': relationships(
          ['h1', 'header', 'header1.xml'],
          ['h2', 'header', 'header2.xml'],
          ['f1', 'footer', 'footer1.xml'],
          ['c1', 'comments', 'comments.xml'],
        ),
        'word/header1.xml': part('Confidential'),
        'word/header2.xml': part('Confidential'),
        'word/footer1.xml': part('Page one'),
        'word/comments.xml': `<w:comments ${W}><w:comment w:id="1">${wordParagraph('Really?')}</w:comment></w:comments>`,
      },
    )
    expect((await read('a.docx', file)).text).toBe('We sell pumps')
    expect((await readAll('a.docx', file)).text).toBe(
      'Confidential\n\nWe sell pumps (Really?)\n\nPage one',
    )
  })
})
