import { describe, expect, it } from 'vitest'
import { headingsIn, readingFiles } from './reading.ts'
import { docx, odt, pptx, textCell, wordParagraph, xlsx } from './sample-files.ts'

const read = readingFiles()
const ROWS = [
  ['Item', 'Price', 'Since'],
  ['Pump', '12', 'May'],
  ['Hose', '7', 'June'],
]
const NAMED = '- Item: Pump; Price: 12; Since: May\n- Item: Hose; Price: 7; Since: June'

const html = (head: string) => {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`
  return `<table>${ROWS.map((cells, i) => row(cells, i === 0 ? head : 'td')).join('')}</table>`
}

/** One and the same table, in every format that has tables. */
const TABLES: Readonly<Record<string, () => string | Buffer>> = {
  'a.csv': () => ROWS.map((row) => row.join(',')).join('\r\n'),
  'a.xlsx': () => xlsx({ A: ROWS.map((row) => row.map(textCell)) }),
  'th.html': () => html('th'),
  'td.html': () => html('td'),
  'a.docx': () =>
    docx(
      `<w:tbl>${ROWS.map((row, i) => {
        const head = i === 0 ? '<w:trPr><w:tblHeader/></w:trPr>' : ''
        return `<w:tr>${head}${row.map((cell) => `<w:tc>${wordParagraph(cell)}</w:tc>`).join('')}</w:tr>`
      }).join('')}</w:tbl>`,
    ),
  'a.odt': () => {
    const row = (cells: readonly string[]) =>
      `<table:table-row>${cells.map((cell) => `<table:table-cell><text:p>${cell}</text:p></table:table-cell>`).join('')}</table:table-row>`
    const [head = [], ...rows] = ROWS
    return odt(
      `<table:table><table:table-header-rows>${row(head)}</table:table-header-rows>${rows.map(row).join('')}</table:table>`,
    )
  },
  'a.rtf': () =>
    `{\\rtf1 ${ROWS.map((row, i) => `\\trowd${i === 0 ? '\\trhdr' : ''}\\intbl ${row.map((cell) => `${cell}\\cell `).join('')}\\row `).join('')}\\pard End.}`,
}

describe('a table', () => {
  it.each(Object.entries(TABLES))(
    'of %s has the names of its columns in each row',
    async (name, file) => {
      expect((await read(name, file())).text).toContain(NAMED)
    },
  )

  it('of a presentation has them too', async () => {
    const cell = (text: string) =>
      `<a:tc><a:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></a:txBody></a:tc>`
    const rows = ROWS.map((row) => `<a:tr>${row.map(cell).join('')}</a:tr>`).join('')
    const table = `<p:graphicFrame><a:tbl><a:tblPr firstRow="1"/>${rows}</a:tbl></p:graphicFrame>`
    // Between two shapes, so that the first is closed and another one opened.
    const between = `</a:t></a:r></a:p></p:txBody></p:sp>${table}<p:sp><p:txBody><a:p><a:r><a:t>`
    expect((await read('a.pptx', pptx([['Prices', between, '']]))).text).toContain(NAMED)
  })

  it('that says what its columns are is believed, whatever it has of them', async () => {
    const table =
      '<table><tr><th>Sizes<th colspan=2>Price</tr><tr><td>1<td>2<td>3</tr><tr><td colspan=2>4<td>5</tr></table>'
    const { text } = await read('a.html', table)
    expect(text).toBe('- Sizes: 1; Price: 2; Price: 3\n- Sizes: 4; Price: 5')
  })

  it('of two columns whose rows may name what they hold stays as it is', async () => {
    const { text } = await read(
      'a.html',
      '<table><tr><td>Name<td>Ann</tr><tr><td>Town<td>Kiel</tr></table><p>End.</p>',
    )
    expect(text).toBe('| Name | Ann |\n| Town | Kiel |\n\nEnd.')
  })

  it('within a cell of a layout is read as a table', async () => {
    const { text } = await read(
      'a.html',
      `<table><tr><td><h1>Menu</h1></td><td>${html('th')}</td></tr></table><p>End.</p>`,
    )
    expect(text).toBe(`Menu\n\n${NAMED}\n\nEnd.`)
  })
})

describe('a sheet', () => {
  it.each([
    ['labels', 'Name,Acme Pumps Ltd\nCity,Berlin\nPhone,030 123\nContact,Jane Roe'],
    ['colons', 'Kind:,Piston\nDrive:,Diesel\nMade in:,Kiel'],
    ['values of all kinds', 'Kind,Piston\nBuilt,1998\nTested,2024-05-01\nSeries,Blue'],
  ])('that says one thing a row is no table of columns, told by its %s', async (_, csv) => {
    const lines = csv.split('\n').map((line) => `- ${line.replace(/:?,/, ': ')}`)
    expect((await read('a.csv', csv)).text).toBe(lines.join('\n'))
  })

  it('that says one thing of several a row gives its columns no names', async () => {
    const csv = 'Name,Acme,Beta\nCity,Berlin,Paris\nPhone,030,01'
    expect((await read('a.csv', csv)).text).toBe(
      '| Name | Acme | Beta |\n| City | Berlin | Paris |\n| Phone | 030 | 01 |',
    )
  })

  it.each([
    ['name,city\nAnn,Kiel\nBob,Rome', '- name: Ann; city: Kiel\n- name: Bob; city: Rome'],
    ['Item,Price\nPump,12\nHose,7', '- Item: Pump; Price: 12\n- Item: Hose; Price: 7'],
    [
      'City,Mayor\nKiel,Ann Lee\nRome,Bo Yi',
      '- City: Kiel; Mayor: Ann Lee\n- City: Rome; Mayor: Bo Yi',
    ],
  ])('of two columns with names is one: %j', async (csv, text) => {
    expect((await read('a.csv', csv)).text).toBe(text)
  })

  it('has what stands above the names as its headings', async () => {
    const csv =
      'Price list,,\n,,\nItem,Price,Since\nPump,12,May\n\nHose,7,June\n\nOld prices\nItem,Price,Since\nPump,11,May\n\nWithout tax.'
    const file = await read('a.csv', csv)
    expect(file.text).toBe(
      'Price list\n\n- Item: Pump; Price: 12; Since: May\n- Item: Hose; Price: 7; Since: June\n\n' +
        'Old prices\n\n- Item: Pump; Price: 11; Since: May\n\nWithout tax.',
    )
    expect(headingsIn(file)).toEqual([
      [1, 'Price list'],
      [1, 'Old prices'],
    ])
  })

  it('may hold several tables', async () => {
    const csv = 'Name,Acme\nCity,Kiel\n\nItem,Price,Since\nPump,12,May\n'
    expect((await read('a.csv', csv)).text).toBe(
      '- Name: Acme\n- City: Kiel\n\n- Item: Pump; Price: 12; Since: May',
    )
  })
})

describe('a cell that takes several rows', () => {
  const text =
    '- Area: North; City: Kiel; Year: 1\n- Area: North; City: Bremen; Year: 2\n- Area: South; City: Ulm; Year: 3'

  it('of HTML is said in each of them', async () => {
    const table =
      '<table><tr><th>Area<th>City<th>Year</tr><tr><td rowspan=2>North<td>Kiel<td>1</tr><tr><td>Bremen<td>2</tr><tr><td>South<td>Ulm<td>3</tr></table>'
    expect((await read('a.html', table)).text).toBe(text)
  })

  it('of Word and OpenDocument is too', async () => {
    const cell = (words: string, merge = '') =>
      `<w:tc><w:tcPr>${merge}</w:tcPr>${wordParagraph(words)}</w:tc>`
    const row = (...cells: string[]) => `<w:tr>${cells.join('')}</w:tr>`
    const word = docx(
      `<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>${cell('Area')}${cell('City')}${cell('Year')}</w:tr>${row(
        cell('North', '<w:vMerge w:val="restart"/>'),
        cell('Kiel'),
        cell('1'),
      )}${row(cell('', '<w:vMerge/>'), cell('Bremen'), cell('2'))}${row(cell('South'), cell('Ulm'), cell('3'))}</w:tbl>`,
    )
    expect((await read('a.docx', word)).text).toBe(text)
    const open = (words: string, more = '') =>
      `<table:table-cell${more}><text:p>${words}</text:p></table:table-cell>`
    const line = (...cells: string[]) => `<table:table-row>${cells.join('')}</table:table-row>`
    const spanned = open('North', ' table:number-rows-spanned="2"')
    const rows = `<table:table-header-rows>${line(open('Area'), open('City'), open('Year'))}</table:table-header-rows>${line(spanned, open('Kiel'), open('1'))}${line('<table:covered-table-cell/>', open('Bremen'), open('2'))}${line(open('South'), open('Ulm'), open('3'))}`
    expect((await read('a.odt', odt(`<table:table>${rows}</table:table>`))).text).toBe(text)
  })

  it('of a presentation is too', async () => {
    const cell = (words: string, more = '') =>
      `<a:tc${more}><a:txBody><a:p><a:r><a:t>${words}</a:t></a:r></a:p></a:txBody></a:tc>`
    const row = (...cells: string[]) => `<a:tr>${cells.join('')}</a:tr>`
    const rows = `${row(cell('Area'), cell('City'), cell('Year'))}${row(cell('North', ' rowSpan="2"'), cell('Kiel'), cell('1'))}${row(cell('', ' vMerge="1"'), cell('Bremen'), cell('2'))}${row(cell('South'), cell('Ulm'), cell('3'))}`
    const between = `</a:t></a:r></a:p></p:txBody></p:sp><p:graphicFrame><a:tbl><a:tblPr firstRow="1"/>${rows}</a:tbl></p:graphicFrame><p:sp><p:txBody><a:p><a:r><a:t>`
    expect((await read('a.pptx', pptx([['Sales', between, '']]))).text).toContain(text)
  })

  it('and a file of little else do not become many', async () => {
    const page = `<table><tr>${'<td rowspan=1000>North'.repeat(1000)}</tr>${'<tr><td>'.repeat(1000)}</table>`
    expect((await read('a.html', page)).text.length).toBeLessThan(1_000_000)
  })
})

it('reads names in several rows, and paragraphs in a cell, of a table with names', async () => {
  const page =
    '<table><tr><th rowspan=2>Item<th colspan=2>Price</tr><tr><th>net<th>gross</tr><tr><td><p>Pump</p><p>blue</p><td>10<td>12</tr></table>'
  expect((await read('a.html', page)).text).toBe(
    '- Item: Pump blue; Price net: 10; Price gross: 12',
  )
})
