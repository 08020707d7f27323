import { describe, expect, it } from 'vitest'
import { readingFiles } from './reading.ts'
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
