import { describe, expect, it } from 'vitest'
import { headingsIn, readingFiles } from './reading.ts'

const read = readingFiles()

describe('a page of HTML', () => {
  it('has the numbers of its lists', async () => {
    const page =
      '<ol><li>one<li>two<ul><li>dot</ul><li value=7>seven</ol><ol start=3 type=a><li>c<li>d</ol>'
    expect((await read('a.html', page)).text).toBe('1. one\n2. two\n- dot\n7. seven\nc. c\nd. d')
  })

  it('has its formulas in a line, and the words that stand for its pictures', async () => {
    const page =
      '<p>Where <math><mi>x</mi><mo>=</mo><mfrac><mrow><mi>a</mi><mo>+</mo><msqrt><mi>b</mi></msqrt></mrow><msup><mi>c</mi><mn>2</mn></msup></mfrac><annotation>tex</annotation></math> holds.</p><p>See <img alt="A pump\n house" src=x>.</p><p><img alt=""></p>'
    expect((await read('a.html', page)).text).toBe(
      'Where x=(a+√b)/(c^2) holds.\n\nSee [A pump house].',
    )
  })
})

describe('XML with a document type', () => {
  it('has entities that it declares as they are written', async () => {
    const xml = '<!DOCTYPE r [<!ENTITY co "Acme">]><r><p>&co; sells &amp; buys.</p></r>'
    expect((await read('a.xml', xml)).text).toBe('- r: p: &co; sells & buys.')
    await expect(read('a.xml', '<r>&co;</r>')).rejects.toThrow(/not well-formed XML/)
  })
})

describe('an RTF file', () => {
  it('has headings by the names and the levels of its styles', async () => {
    const file = await read(
      'a.rtf',
      String.raw`{\rtf1{\stylesheet{\s0 Normal;}{\s1 heading 2;}{\*\cs9 x;}{\s3\outlinelevel0 Mine;}}\pard\s3 One\par\pard\s1 Two\par\pard\s0 Body.\par}`,
    )
    expect(file.text).toBe('One\n\nTwo\n\nBody.')
    expect(headingsIn(file)).toEqual([
      [1, 'One'],
      [2, 'Two'],
    ])
  })

  it('has its notes in place, its boxes once, and nothing that is hidden', async () => {
    const { text } = await read(
      'a.rtf',
      String.raw`{\rtf1 Seen.{\footnote See\par note one.} Next.{\shp{\*\shpinst{\sp{\sn shapeType}{\sv 202}}{\shptxt In a box.\par}}{\shprslt{\*\do{\dptxbxtext In a box.\par}}}} After.\par{\v secret} shown {\b bold \*too}\par}`,
    )
    expect(text).toBe('Seen. (See note one.) Next. After.\n\nIn a box.\n\nshown bold too')
  })

  it('is read whole where a brace is missing or one is too many', async () => {
    const { text } = await read('a.rtf', '{\\rtf1 One.\\par {\\b Two}.\\par\r\n')
    expect(text).toBe('One.\n\nTwo.')
    const more = await read('a.rtf', '{\\rtf1 One.} \\par Two.\\par }}\0')
    expect(more.text).toBe('One.\n\nTwo.')
    await expect(read('a.rtf', '{\\rtf1 One.\\par Tw')).rejects.toThrow(/cut short/)
    await expect(read('a.rtf', '{\\rtf1 One.\\par {\\b Two.\\par')).rejects.toThrow(/cut short/)
  })

  it('says a cell that takes several rows in each of them', async () => {
    const row = (cells: string, ...words: readonly string[]) =>
      `\\trowd${cells}\\pard\\intbl ${words.map((word) => `${word}\\cell`).join(' ')}\\row`
    const rows =
      row('\\trhdr\\cellx1\\cellx2', 'Kind', 'Item') +
      row('\\clvmgf\\cellx1\\cellx2', 'Tools', 'Saw') +
      row('\\clvmrg\\cellx1\\cellx2', '', 'Drill') +
      row('\\cellx1\\cellx2', '', 'Nail')
    expect((await read('a.rtf', `{\\rtf1 ${rows}\\pard End.\\par}`)).text).toBe(
      '- Kind: Tools; Item: Saw\n- Kind: Tools; Item: Drill\n- Item: Nail\n\nEnd.',
    )
  })
})
