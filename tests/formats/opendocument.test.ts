import { describe, expect, it } from 'vitest'
import { headingsIn, pagesOf, readingFiles } from './reading.ts'
import { OPEN_NAMES, odt, openContent, openDocument } from './sample-files.ts'

const read = readingFiles()
const readAll = readingFiles({ readHidden: true })

describe('an OpenDocument text', () => {
  it('has its formulas in a line, within it or in parts of their own', async () => {
    const formula =
      '<math:math><math:mi>x</math:mi><math:mo>=</math:mo><math:mfrac><math:mi>a</math:mi><math:mn>2</math:mn></math:mfrac></math:math>'
    const body = `<office:text><text:p>Where <draw:frame><draw:object xlink:href="./Object 1"/></draw:frame> holds.</text:p><text:p>So <draw:object>${formula}</draw:object>.</text:p></office:text>`
    const file = openDocument(body, {
      'Object 1/content.xml': formula.replace('>', ' xmlns:math="m">'),
    })
    expect((await read('a.odt', file)).text).toBe('Where x=a/2 holds.\n\nSo x=a/2.')
  })

  it('has the numbers of its lists and headings, which it does not store', async () => {
    const level = (kind: string, n: number, more: string) =>
      `<text:${kind} text:level="${n}" ${more}/>`
    const styles = `<office:styles><text:outline-style style:name="Outline">${level('outline-level-style', 1, 'style:num-format="1" style:num-suffix="."')}${level('outline-level-style', 2, 'style:num-format="1" text:display-levels="2"')}</text:outline-style></office:styles>`
    const list = `<office:automatic-styles><text:list-style style:name="L1">${level('list-level-style-number', 1, 'style:num-format="1" style:num-suffix="." text:start-value="3"')}${level('list-level-style-number', 2, 'style:num-format="a" style:num-prefix="(" style:num-suffix=")"')}</text:list-style><text:list-style style:name="L2">${level('list-level-style-bullet', 1, 'text:bullet-char="x"')}</text:list-style></office:automatic-styles>`
    const item = (words: string, inner = '') =>
      `<text:list-item><text:p>${words}</text:p>${inner}</text:list-item>`
    const of = (style: string, items: string, more = '') =>
      `<text:list text:style-name="${style}" ${more}>${items}</text:list>`
    const heading = (n: number, words: string) =>
      `<text:h text:outline-level="${n}">${words}</text:h>`
    const body = `<office:text>${heading(1, 'One')}${heading(2, 'In')}${heading(2, 'Out')}${heading(1, 'Two')}${of('L1', item('c', `<text:list>${item('x')}${item('y')}</text:list>`) + item('d'))}${of('L2', item('dot'))}${of('L1', item('e'), 'text:continue-numbering="true"')}</office:text>`
    const file = await read(
      'a.odt',
      openDocument(
        body,
        {
          'styles.xml': `<office:document-styles ${OPEN_NAMES}>${styles}</office:document-styles>`,
        },
        list,
      ),
    )
    expect(file.text).toBe(
      '1. One\n\n1.1 In\n\n1.2 Out\n\n2. Two\n\n3. c\n(a) x\n(b) y\n4. d\n- dot\n5. e',
    )
    expect(headingsIn(file)).toEqual([
      [1, '1. One'],
      [2, '1.1 In'],
      [2, '1.2 Out'],
      [1, '2. Two'],
    ])
  })

  it('may be one flat file', async () => {
    const flat = openContent('<office:text><text:p>Flat words</text:p></office:text>')
    expect((await read('a.fodt', flat)).text).toBe('Flat words')
    expect((await read('a.odt', odt('<text:p>x</text:p>'))).text).toBe('x')
  })
})

describe('an OpenDocument spreadsheet', () => {
  const cell = (text: string, more = '') =>
    `<table:table-cell ${more}><text:p>${text}</text:p></table:table-cell>`
  const row = (cells: string, more = '') => `<table:table-row ${more}>${cells}</table:table-row>`
  const sheet = (name: string, rows: string, style = 'ta1') =>
    `<table:table table:name="${name}" table:style-name="${style}">${rows}</table:table>`
  const STYLES =
    '<office:automatic-styles><style:style style:name="ta1"><style:table-properties table:display="true"/></style:style><style:style style:name="ta2"><style:table-properties table:display="false"/></style:style></office:automatic-styles>'

  it('has its shown sheets as pages, with the names of columns', async () => {
    const empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    const body = `<office:spreadsheet>${sheet(
      'Prices',
      row(cell('Item') + cell('Price')) +
        row(
          `${cell('Pump')}${cell('1,200.00 €', 'office:value="1200"')}<office:annotation><text:p>secret</text:p></office:annotation>${empty}`,
        ) +
        row(empty, 'table:number-rows-repeated="1048000"'),
    )}${sheet('Old', row(cell('hidden')), 'ta2')}${sheet('Stock', row(cell('two') + cell('x', 'table:number-columns-repeated="2"')))}</office:spreadsheet>`
    const file = openDocument(body, {}, STYLES)
    expect(pagesOf(await read('a.ods', file))).toEqual({
      1: 'Prices\n\n- Item: Pump; Price: 1,200.00 €',
      3: 'Stock\n\n| two | x | x |',
    })
    expect(pagesOf(await readAll('a.ods', file))[2]).toContain('hidden')
  })

  it('that repeats cells and rows without end is bounded', async () => {
    const wide = cell('x'.repeat(500), 'table:number-columns-repeated="99999999"')
    const body = `<office:spreadsheet>${sheet('S', row(wide, 'table:number-rows-repeated="99999999"').repeat(50))}</office:spreadsheet>`
    const { text } = await read('a.ods', openDocument(body))
    expect(text.length).toBeLessThan(5_000_000)
  })
})

describe('an OpenDocument presentation', () => {
  it('has its slides as pages, with titles and notes', async () => {
    const frame = (kind: string, words: string) =>
      `<draw:frame presentation:class="${kind}"><draw:text-box><text:p>${words}</text:p></draw:text-box></draw:frame>`
    const slide = (title: string, words: string, note: string) =>
      `<draw:page draw:name="p">${frame('title', title)}${frame('page-number', '7')}${frame('outline', words)}<presentation:notes>${frame('page', 'x')}${frame('notes', note)}</presentation:notes></draw:page>`
    const file = await read(
      'a.odp',
      openDocument(
        `<office:presentation>${slide('Hello', 'One.', 'Say it.')}${slide('Prices', 'Ten.', '')}</office:presentation>`,
      ),
    )
    expect(pagesOf(file)).toEqual({ 1: 'Hello\n\nOne.\n\nSay it.', 2: 'Prices\n\nTen.' })
    expect(headingsIn(file)).toEqual([
      [1, 'Hello'],
      [1, 'Prices'],
    ])
  })
})
