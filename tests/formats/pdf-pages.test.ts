import { describe, expect, it } from 'vitest'
import { readingFiles } from './reading.ts'
import { pdfPage, pdfStream } from './sample-pdf.ts'

const read = readingFiles()

const textOf = async (...page: Parameters<typeof pdfPage>) =>
  (await read('a.pdf', pdfPage(...page))).text

const at = (x: number, y: number, words: string, font = 'F1') =>
  `BT /${font} 12 Tf ${x} ${y} Td (${words}) Tj ET`

describe('a form', () => {
  const widget = (name: string, value: string, more = '') =>
    `<< /Type /Annot /Subtype /Widget /T (${name}) /V ${value} /Rect [10 10 90 30] ${more} >>`

  it('gives the values of its fields behind their names', async () => {
    const fields = [
      widget('name', '(Ottilie Brandvold)', '/FT /Tx /TU (Name of applicant)'),
      widget('agrees', '/Yes', '/FT /Btn /AS /Yes'),
      widget('refuses', '/Off', '/FT /Btn /AS /Off'),
      widget('colour', '(blue)', '/FT /Ch /Opt [(blue) (red)]'),
      widget('secret', '(x)', '/FT /Tx /F 2'),
    ]
    const ids = fields.map((_, i) => `${i + 5} 0 R`).join(' ')
    expect(
      await textOf(at(20, 700, 'Application'), {
        page: `/Annots [${ids}]`,
        catalog: `/AcroForm << /Fields [${ids}] >>`,
        objects: fields,
      }),
    ).toBe('Application\n\nName of applicant: Ottilie Brandvold\nagrees: Yes\ncolour: blue')
  })
})

describe('a page', () => {
  it('has the text and the notes that were put upon it', async () => {
    const notes = [
      '<< /Type /Annot /Subtype /FreeText /Contents (Paid in cash) /DA (/F1 9 Tf) /Rect [9 9 99 30] >>',
      '<< /Type /Annot /Subtype /Text /Contents (Ask Ada) /Rect [9 9 30 30] >>',
      '<< /Type /Annot /Subtype /Link /Contents (no) /Rect [9 9 30 30] >>',
    ]
    expect(
      await textOf(at(20, 700, 'Bill'), {
        page: `/Annots [${notes.map((_, i) => `${i + 5} 0 R`).join(' ')}]`,
        objects: notes,
      }),
    ).toBe('Bill\n\nPaid in cash\nAsk Ada')
  })

  it('that prints words twice for a bold look says them once', async () => {
    const twice = `${at(20, 700, 'Total sum')} ${at(20.4, 700, 'Total sum')} ${at(20, 600, 'Total sum')}`
    expect(await textOf(twice)).toBe('Total sum\n\nTotal sum')
    const widths: Record<string, number> = { B: 8, i: 2.66, l: 2.66, t: 3.34, e: 6.67, r: 4 }
    let x = 20
    const letters = [...'Biller tile'].map((letter) => {
      const printed = letter === ' ' ? '' : `${at(x, 700, letter)} ${at(x + 0.4, 700, letter)}`
      x += widths[letter] ?? 3.34
      return printed
    })
    expect(await textOf(letters.join(' '))).toBe('Biller tile')
  })

  it('that is written from right to left beside other words is in the order of reading', async () => {
    // "شركة" and "ماء", each drawn from left to right as they look, in a font of their own.
    const arabic = { a: '0629', b: '0643', c: '0631', d: '0634', e: '0621', f: '0627', g: '0645' }
    const codes = Object.entries(arabic).map(([sign, code]) => `<${hex(sign)}> <${code}>`)
    const map = `/CIDInit /ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange ${codes.length} beginbfchar ${codes.join(' ')} endbfchar endcmap end end`
    const more = {
      fonts: '/F2 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 5 0 R >>',
      objects: [pdfStream(Buffer.from(map), '')],
    }
    const visual = `${at(20, 700, 'efg', 'F2')} ${at(60, 700, 'Acme')} ${at(110, 700, 'abcd', 'F2')}`
    expect(await textOf(visual, more)).toBe('شركة Acme ماء')
    const asRead = `${at(110, 700, 'abcd', 'F2')} ${at(60, 700, 'Acme')} ${at(20, 700, 'efg', 'F2')}`
    expect(await textOf(asRead, more)).toBe('شركة Acme ماء')
    const latin = `${at(20, 700, 'The firm')} ${at(90, 700, 'abcd', 'F2')} ${at(140, 700, 'sells pumps')}`
    expect(await textOf(latin, more)).toBe('The firm شركة sells pumps')
  })
})

const hex = (sign: string) => sign.charCodeAt(0).toString(16)
