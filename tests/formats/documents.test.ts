import { describe, expect, it } from 'vitest'
import { headingsIn, pagesOf, readingFiles } from './reading.ts'
import { docx, epub, odt, pptx, wordParagraph } from './sample-files.ts'
import { pdf } from './sample-pdf.ts'

const read = readingFiles()

describe('a PDF', () => {
  it('is read page by page, with paragraphs, and its bookmarks are headings', async () => {
    const file = await read(
      'warranty.pdf',
      pdf([
        {
          lines: ['Warranty', '', 'The pump is cov-', 'ered for 24 months.'],
          bookmark: 'Warranty',
        },
        { lines: [] },
        {
          lines: ['Costs & refunds (all)', '', '2.1 How to ask', '', 'Ask.'],
          bookmark: 'How to ask',
        },
      ]),
    )
    expect(pagesOf(file)).toEqual({
      1: 'Warranty\n\nThe pump is covered for 24 months.',
      3: 'Costs & refunds (all)\n\n2.1 How to ask\n\nAsk.',
    })
    expect(file.headings).toEqual([
      { level: 1, title: 'Warranty', start: 0 },
      { level: 1, title: 'How to ask', start: file.text.indexOf('2.1 How') },
    ])
  })

  it('has a bookmark at the top of its page when its words stand nowhere as a line', async () => {
    const page = (line: string, bookmark: string) => ({ lines: [line], bookmark })
    const file = await read('a.pdf', pdf([page('One (a)', 'First'), page('Two (a)', 'a')]))
    expect(file.headings).toEqual([
      { level: 1, title: 'First', start: 0 },
      { level: 1, title: 'a', start: file.text.indexOf('Two') },
    ])
  })

  it('without text is refused with the reason', async () => {
    await expect(read('scan.pdf', pdf([{ lines: [] }]))).rejects.toThrow(/holds no text.*scans/)
  })

  it('under a password is refused with the reason', async () => {
    const secret = 'A'.repeat(64)
    const locked = pdf(
      [{ lines: ['secret'] }],
      `/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <${secret}> /U <${secret}> >>`,
    )
    await expect(read('locked.pdf', locked)).rejects.toThrow(/protected by a password/)
  })

  it('that was cut short is refused, and so is another file of that name', async () => {
    const whole = pdf([{ lines: ['one'] }, { lines: ['two'] }])
    const half = whole.subarray(0, whole.length - 200)
    await expect(read('half.pdf', half)).rejects.toThrow(/cut short/)
    await expect(read('no.pdf', 'just text')).rejects.toThrow(/no PDF file/)
    await expect(read('no.pdf', '%PDF-1.7\nnonsense\n%%EOF')).rejects.toThrow(/damaged/)
  })
})

describe('a Word document', () => {
  it('gives paragraphs, headings by the styles of any language, and table rows', async () => {
    const cell = (text: string) => `<w:tc>${wordParagraph(text)}</w:tc>`
    const file = await read(
      'Handbook.DOCX',
      docx(
        wordParagraph('Handbook', 'berschrift1') +
          wordParagraph('Salt &amp; pepper.') +
          wordParagraph('Prices', 'berschrift2') +
          `<w:tbl><w:tr>${cell('Pump')}${cell('12 EUR')}</w:tr></w:tbl>` +
          wordParagraph('The end.'),
      ),
    )
    expect(file.text).toBe('Handbook\n\nSalt & pepper.\n\nPrices\n\n| Pump | 12 EUR |\n\nThe end.')
    expect(headingsIn(file)).toEqual([
      [1, 'Handbook'],
      [2, 'Prices'],
    ])
    expect(file.pages).toEqual([])
  })

  it('leaves out what was deleted while changes were tracked', async () => {
    const body =
      '<w:p><w:r><w:t>Kept</w:t></w:r><w:del><w:r><w:delText>Gone</w:delText></w:r></w:del></w:p>'
    expect((await read('a.docx', docx(body))).text).toBe('Kept')
  })
})

describe('a presentation', () => {
  it('has its slides as pages, in the order in which they are shown', async () => {
    const file = await read(
      'talk.pptx',
      pptx([
        ['Pumps', 'They last.', 'Wait for applause.'],
        ['Prices', 'They rise.', 'Be quick.'],
      ]),
    )
    expect(pagesOf(file)).toEqual({
      1: 'Pumps\n\nThey last.\n\nWait for applause.',
      2: 'Prices\n\nThey rise.\n\nBe quick.',
    })
    expect(headingsIn(file)).toEqual([
      [1, 'Pumps'],
      [1, 'Prices'],
    ])
  })
})

describe('an OpenDocument text', () => {
  it('gives headings by level, lists, notes in place and table rows', async () => {
    const cell = (text: string) => `<table:table-cell><text:p>${text}</text:p></table:table-cell>`
    const file = await read(
      'a.odt',
      odt(
        '<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>' +
          '<text:h text:outline-level="1">Title</text:h>' +
          '<text:h text:outline-level="2">Part</text:h>' +
          '<text:p>A<text:s text:c="2"/>B<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>really</text:p></text:note-body></text:note>.</text:p>' +
          '<text:list><text:list-item><text:p>one</text:p></text:list-item><text:list-item><text:p>two</text:p></text:list-item></text:list>' +
          `<table:table><table:table-row>${cell('x')}${cell('y')}</table:table-row></table:table>`,
      ),
    )
    expect(file.text).toBe('Title\n\nPart\n\nA  B (really).\n\n- one\n- two\n| x | y |')
    expect(headingsIn(file)).toEqual([
      [1, 'Title'],
      [2, 'Part'],
    ])
  })
})

describe('a book', () => {
  it('is read in the order of its spine', async () => {
    const file = await read(
      'a.epub',
      epub(['<h1>First</h1><p>one</p>', '<h1>Second</h1><p>t<b>w</b>o</p>']),
    )
    expect(file.text).toBe('First\n\none\n\nSecond\n\ntwo')
    expect(headingsIn(file)).toEqual([
      [1, 'First'],
      [1, 'Second'],
    ])
  })

  it('has the words of pages that are drawings', async () => {
    const opf =
      '<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="c0" href="text/chapter%209.xhtml" media-type="application/xhtml+xml"/><item id="p" href="page.svg" media-type="image/svg+xml"/></manifest><spine><itemref idref="c0"/><itemref idref="p"/></spine></package>'
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg"><style>no</style><title>no</title><text x="1">Map of <tspan>Kiel</tspan><tspan dy="9">and Ulm</tspan></text><g><text>Scale 1:100</text></g></svg>'
    const file = epub(['<p>one</p>'], { 'OEBPS/book.opf': opf, 'OEBPS/page.svg': svg })
    expect((await read('a.epub', file)).text).toBe('one\n\nMap of Kiel\nand Ulm\nScale 1:100')
  })

  it('under copy protection is refused; disguised fonts do not matter', async () => {
    const encryption = (uri: string) => ({
      'META-INF/encryption.xml': `<encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData><enc:CipherData><enc:CipherReference URI="${uri}"/></enc:CipherData></enc:EncryptedData></encryption>`,
    })
    const locked = epub(['<p>x</p>'], encryption('OEBPS/text/chapter%209.xhtml'))
    await expect(read('a.epub', locked)).rejects.toThrow(/protected against copying/)
    const open = epub(['<p>x</p>'], encryption('OEBPS/fonts/a.otf'))
    expect((await read('a.epub', open)).text).toBe('x')
  })
})

describe('an RTF file', () => {
  it('gives characters of every encoding, headings by outline level and table rows', async () => {
    const file = await read(
      'a.rtf',
      String.raw`{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset134 SimSun;}}` +
        String.raw`{\stylesheet{\s1 heading;}}{\*\generator Some Program;}{\info{\title Hidden}}` +
        String.raw`\f0\pard\outlinelevel0 Title\par` +
        String.raw`\pard Gr\'fc\'dfe {\b bold} \u8364?uro {\f1 \'c4\'e3\'ba\'c3} \{braces\}\par` +
        String.raw`{\field{\*\fldinst HYPERLINK "x"}{\fldrslt link}}{\pict\bin3 }}}}{\'41}\par` +
        String.raw`\trowd\pard\intbl a\cell\cell c\cell\row\pard End.\par}`,
    )
    expect(file.text).toBe(
      'Title\n\nGrüße bold €uro 你好 {braces}\n\nlinkA\n\n| a |  | c |\n\nEnd.',
    )
    expect(headingsIn(file)).toEqual([[1, 'Title']])
  })

  it('that was cut short is refused', async () => {
    await expect(read('a.rtf', String.raw`{\rtf1 {\b half`)).rejects.toThrow(/cut short/)
    await expect(read('a.rtf', 'just text')).rejects.toThrow(/no RTF file/)
  })
})
