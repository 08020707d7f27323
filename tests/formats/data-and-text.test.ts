import { describe, expect, it } from 'vitest'
import { FILE_EXTENSIONS } from '../../src/formats/file-extensions.ts'
import { TWINS } from '../../src/formats/format-twins.ts'
import { headingsIn, readingFiles } from './reading.ts'
import { compoundFile } from './sample-compound.ts'
import {
  dateCell,
  docx,
  epub,
  numberCell,
  odt,
  openDocument,
  pptx,
  textCell,
  wordParagraph,
  xlsx,
} from './sample-files.ts'

const read = readingFiles()

/** Those of LightRAG's server. */
const LIGHTRAG =
  '.txt .md .pdf .docx .pptx .xlsx .rtf .odt .tex .epub .html .htm .csv .json .xml .yaml .yml .log .conf .ini .properties .sql .bat .sh .c .cpp .py .java .js .ts .swift .go .rb .php .css .scss .less'

it('reads every kind of file that LightRAG takes', () => {
  expect(FILE_EXTENSIONS).toEqual(expect.arrayContaining(LIGHTRAG.split(' ')))
  expect(new Set(FILE_EXTENSIONS).size).toBe(FILE_EXTENSIONS.length)
})

describe('a page of HTML', () => {
  it('gives words, headings, lists and rows, and neither scripts nor styles', async () => {
    const file = await read(
      'a.html',
      '<!doctype html><title>Pumps</title><style>p{}</style><script>if (1 < 2) {}</script>' +
        '<h2>Costs</h2><p>One <b>two</b>\n  three<br>four &euro;<ul><li>x<li>y</ul>' +
        '<table><tr><th>Pump<td><p>12</p></table><pre>a  b\n c</pre>',
    )
    expect(file.text).toBe(
      'Pumps\n\nCosts\n\nOne two three\nfour €\n\n- x\n- y\n| Pump | 12 |\n\na  b\n c',
    )
    expect(headingsIn(file)).toEqual([[2, 'Costs']])
  })

  it('says its title once where the first heading repeats it', async () => {
    expect((await read('a.htm', '<title>Pumps | acme</title><h1>Pumps</h1>x')).text).toBe(
      'Pumps\n\nx',
    )
  })

  it('reads the cells of a table that only lays it out one after another', async () => {
    const file = await read(
      'a.html',
      '<table><tr><td><h1>Left</h1><p>a</p><p>b</p></td><td>right</td></tr></table>',
    )
    expect(file.text).toBe('Left\n\na\n\nb\n\nright')
    expect(headingsIn(file)).toEqual([[1, 'Left']])
  })

  it('is decoded as it declares', async () => {
    const latin = Buffer.from('<meta charset="iso-8859-1"><p>Größe</p>', 'latin1')
    expect((await read('a.html', latin)).text).toBe('Größe')
  })
})

describe('a table', () => {
  it('names the columns of each row, whatever the delimiter', async () => {
    const csv = '\ufeffname;city;note\nAnn;Paris;\n\n"B;b";Rome;"two\nlines"\n'
    expect((await read('a.csv', csv)).text).toBe(
      '- name: Ann; city: Paris\n- name: B;b; city: Rome; note: two lines',
    )
  })

  it('keeps its rows as they are when the first one names nothing', async () => {
    expect((await read('a.csv', '1,2\n3,4')).text).toBe('| 1 | 2 |\n| 3 | 4 |')
  })

  it('with a quotation mark that is never closed is refused', async () => {
    await expect(read('a.csv', 'a,b\n"c,d\n')).rejects.toThrow(/quotation mark in row 2/)
  })

  it('in a workbook stands under the name of its sheet', async () => {
    const file = await read(
      'a.xlsx',
      xlsx({
        Prices: [
          [textCell('Item'), textCell('Price'), textCell('Since')],
          [textCell('Pump &amp; hose'), numberCell(12.5), dateCell(45000)],
        ],
        Empty: [],
        Staff: [[textCell('Ann')], [textCell('Bob')]],
      }),
    )
    expect(file.text).toBe(
      'Prices\n\n- Item: Pump & hose; Price: 12.5; Since: 2023-03-15\n\nStaff\n\nAnn\nBob',
    )
    expect(headingsIn(file)).toEqual([
      [1, 'Prices'],
      [1, 'Staff'],
    ])
  })
})

describe('data', () => {
  const long = 'word '.repeat(250).trim()

  it('in JSON is an indented list, and names that hold more are headings', async () => {
    const value = { site: { name: 'Pump house', notes: long }, tags: ['a', 'b'], none: null }
    const file = await read('a.json', JSON.stringify(value))
    expect(file.text).toBe(`- site:\n  - name: Pump house\n  - notes: ${long}\n- tags: a; b`)
    expect(file.headings).toEqual([{ level: 1, title: 'site', start: 0 }])
  })

  it('in JSON may be one value a line', async () => {
    expect((await read('a.json', '{"a":1,"b":true}\n{"a":2}\n')).text).toBe(
      '- a: 1; b: true\n- a: 2',
    )
  })

  it('in XML keeps the words of an element together', async () => {
    const file = await read(
      'a.xml',
      '<?xml version="1.0" encoding="iso-8859-1"?><r xmlns="urn:x"><item id="1"><name>Pump</name><price unit="EUR">12</price></item><p>some <b>bold</b> words <![CDATA[<here>]]></p></r>',
    )
    expect(file.text).toBe(
      '- r:\n  - item: id: 1; name: Pump; price: 12 (unit: EUR)\n  - p: some bold words <here>',
    )
  })

  it.each([
    ['a.json', '{"a": 1,', /not valid JSON/],
    ['a.xml', '<a><b></a>', /not well-formed XML/],
    ['a.xml', 'no markup', /not well-formed XML/],
  ])('that is broken is refused: %s %s', async (name, content, reason) => {
    await expect(read(name, content)).rejects.toThrow(reason)
  })
})

describe('a text', () => {
  it.each([
    ['a.py', '# a comment\nprint(1)'],
    ['a.yaml', '# kept\na:\n  - {{ template }}'],
    ['a.TS', 'const a = 1'],
  ])('such as %s is read as it is', async (name, content) => {
    expect(await read(name, content)).toEqual({ text: content, pages: [], headings: [] })
  })

  it('has the headings of Markdown and of TeX', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const lines = ['', '', '# A', '', 'text & more', '', '## B']
      const markdown = await read('a.md', lines.join(end))
      expect(markdown.text).toBe('# A\n\ntext & more\n\n## B')
      expect(markdown.headings).toEqual([
        { level: 1, title: 'A', start: 0 },
        { level: 2, title: 'B', start: 18 },
      ])
    }
    const tex = await read('a.tex', '\\section{One}\nx\n  \\subsection*{Two}\n')
    expect(tex.headings.map(({ level, title }) => [level, title])).toEqual([
      [3, 'One'],
      [4, 'Two'],
    ])
  })

  it('may be UTF-16 with its mark, and is no text when nothing is likely', async () => {
    const utf16 = Buffer.from('\ufeffGröße', 'utf16le')
    expect((await read('a.txt', utf16)).text).toBe('Größe')
    const latin = Buffer.from('Größe', 'latin1')
    await expect(read('a.txt', latin)).rejects.toThrow(/not UTF-8/)
    await expect(read('a.log', Buffer.from([65, 0, 0, 66]))).rejects.toThrow(/not UTF-8/)
  })
})

/** A file with these words, which are escaped as its format asks. */
const FILES: Readonly<Record<string, (words: string) => string | Buffer>> = {
  '.html': (words) => `<meta charset=utf-8><p>${inMarkup(words)}</p>`,
  '.htm': (words) => `<meta charset=windows-1252><p>${inMarkup(words)}</p>`,
  '.xml': (words) => `<a>${inMarkup(words)}</a>`,
  '.docx': (words) => docx(wordParagraph(inMarkup(words))),
  '.odt': (words) => odt(`<text:p>${inMarkup(words)}</text:p>`),
  '.pptx': (words) => pptx([['', inMarkup(words), '']]),
  '.xlsx': (words) => xlsx({ A: [[textCell(inMarkup(words))]] }),
  '.epub': (words) => epub([`<p>${inMarkup(words)}</p>`]),
  '.rtf': (words) => `{\\rtf1 ${words}}`,
  '.csv': (words) => `"${words}"`,
  '.json': (words) => inJson([words]),
  '.jsonl': (words) => inJson(words),
  '.ipynb': (words) => inJson({ cells: [{ cell_type: 'markdown', source: [words] }] }),
  '.tsv': (words) => `"${words}"`,
  '.ods': (words) =>
    openDocument(
      `<table:table><table:table-row><table:table-cell><text:p>${inMarkup(words)}</text:p></table:table-cell></table:table-row></table:table>`,
    ),
  '.odp': (words) =>
    openDocument(
      `<draw:page><draw:frame><text:p>${inMarkup(words)}</text:p></draw:frame></draw:page>`,
    ),
  '.eml': (words) => `From: a\nSubject: b\n\n${words}`,
  '.msg': (words) =>
    compoundFile({
      '__properties_version1.0': Buffer.alloc(32),
      '__substg1.0_1000001F': Buffer.from(words, 'utf16le'),
    }),
  '.vtt': (words) => `WEBVTT\n\n00:01.000 --> 00:02.000\n${inMarkup(words)}`,
  '.srt': (words) => `1\n00:00:01,000 --> 00:00:02,000\n${words}`,
}
const inJson = (value: unknown) => JSON.stringify(value).replace('\\u0000', '\0')
const fileOf = (extension: string, words: string) =>
  (FILES[extension] ?? FILES[TWINS[extension] ?? ''] ?? asText)(words)
const inMarkup = (words: string) => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const asText = (words: string) => words
const EXTENSIONS = FILE_EXTENSIONS.filter((extension) => extension !== '.pdf')

describe('what is written in a file', () => {
  const words = 'send(&param, &region) and &lt;br&gt; and ?a=1&copy=2&amp;lt=3 R&amp;amp;D'

  it.each(EXTENSIONS)(
    'of %s is read as it is meant, entities of HTML included',
    async (extension) => {
      const { text } = await read(`a${extension}`, fileOf(extension, words))
      expect(text).toContain(words)
    },
  )

  it.each(EXTENSIONS)('of %s is read where a zero byte has strayed into it', async (extension) => {
    const file = fileOf(extension, 'Mallow Ltd \0owns the Vetch mill.')
    expect((await read(`a${extension}`, file)).text).toContain('Mallow Ltd owns the Vetch mill.')
  })
})
