import { strToU8, zipSync } from 'fflate'

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

export function zip(parts: Readonly<Record<string, string>>): Buffer {
  const files = Object.entries(parts).map(([name, text]) => [name, strToU8(text)] as const)
  return Buffer.from(zipSync(Object.fromEntries(files)))
}

export function relationships(
  ...targets: readonly (readonly [id: string, type: string, to: string])[]
) {
  const list = targets.map(
    ([id, type, to]) => `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${to}"/>`,
  )
  return `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${list.join('')}</Relationships>`
}

const CONTENT_TYPES = `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>`

/** A Word document; `body` is WordprocessingML. */
export function docx(body: string, more: Readonly<Record<string, string>> = {}): Buffer {
  return zip({
    '[Content_Types].xml': CONTENT_TYPES,
    '_rels/.rels': relationships(['r1', 'officeDocument', 'word/document.xml']),
    'word/_rels/document.xml.rels': relationships(['s1', 'styles', 'styles.xml']),
    'word/styles.xml': `${XML}<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style><w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style></w:styles>`,
    'word/document.xml': `${XML}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
    ...more,
  })
}

export function wordParagraph(text: string, style = ''): string {
  const properties = style === '' ? '' : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`
  return `<w:p>${properties}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`
}

/** A presentation; each slide has a title, a paragraph and a speaker's note. */
export function pptx(
  slides: readonly (readonly [title: string, text: string, note: string])[],
): Buffer {
  const names =
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
  const shape = (type: string, text: string) =>
    `<p:sp><p:nvSpPr><p:nvPr><p:ph type="${type}"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:txBody></p:sp>`
  const parts: Record<string, string> = {
    '[Content_Types].xml': CONTENT_TYPES,
    '_rels/.rels': relationships(['r1', 'officeDocument', 'ppt/presentation.xml']),
    'ppt/presentation.xml': `${XML}<p:presentation ${names} xmlns:r="${OFFICE}"><p:sldIdLst>${slides.map((_, i) => `<p:sldId id="${256 + i}" r:id="rId${i}"/>`).join('')}</p:sldIdLst></p:presentation>`,
    // The order of the parts' names is not that of the slides.
    'ppt/_rels/presentation.xml.rels': relationships(
      ...slides.map(
        (_, i) => [`rId${i}`, 'slide', `slides/slide${slides.length - i}.xml`] as const,
      ),
    ),
  }
  for (const [i, [title, text, note]] of slides.entries()) {
    const number = slides.length - i
    parts[`ppt/slides/slide${number}.xml`] =
      `${XML}<p:sld ${names}><p:cSld><p:spTree>${shape('title', title)}${shape('body', text)}${shape('sldNum', '99')}</p:spTree></p:cSld></p:sld>`
    parts[`ppt/slides/_rels/slide${number}.xml.rels`] = relationships([
      'n1',
      'notesSlide',
      `../notesSlides/notesSlide${number}.xml`,
    ])
    parts[`ppt/notesSlides/notesSlide${number}.xml`] =
      `${XML}<p:notes ${names}><p:cSld><p:spTree>${shape('body', note)}</p:spTree></p:cSld></p:notes>`
  }
  return zip(parts)
}

/** A workbook; cells are SpreadsheetML. Style 1 is a date. */
export function xlsx(
  sheets: Readonly<Record<string, readonly (readonly string[])[]>>,
  more: Readonly<Record<string, string>> = {},
): Buffer {
  const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
  const names = Object.keys(sheets)
  const parts: Record<string, string> = {
    '[Content_Types].xml': CONTENT_TYPES,
    '_rels/.rels': relationships(['r1', 'officeDocument', 'xl/workbook.xml']),
    'xl/workbook.xml': `${XML}<workbook ${main} xmlns:r="${OFFICE}"><sheets>${names.map((name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relationships(
      ...names.map((_, i) => [`rId${i}`, 'worksheet', `worksheets/sheet${i + 1}.xml`] as const),
      ['s', 'styles', 'styles.xml'],
    ),
    'xl/styles.xml': `${XML}<styleSheet ${main}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
  }
  for (const [i, rows] of Object.values(sheets).entries()) {
    const lines = rows.map(
      (cells, r) =>
        `<row r="${r + 1}">${cells.map((cell, c) => cell.replace('<c', `<c r="${String.fromCharCode(65 + c)}${r + 1}"`)).join('')}</row>`,
    )
    parts[`xl/worksheets/sheet${i + 1}.xml`] =
      `${XML}<worksheet ${main}><sheetData>${lines.join('')}</sheetData></worksheet>`
  }
  return zip({ ...parts, ...more })
}

export const textCell = (text: string) => `<c t="inlineStr"><is><t>${text}</t></is></c>`
export const numberCell = (number: number) => `<c><v>${number}</v></c>`
/** Days since the end of 1899. */
export const dateCell = (day: number) => `<c s="1"><v>${day}</v></c>`

/** An OpenDocument text; `body` stands within `office:text`. */
export function odt(body: string): Buffer {
  return openDocument(`<office:text>${body}</office:text>`, {
    mimetype: 'application/vnd.oasis.opendocument.text',
  })
}

/** Any OpenDocument file; `styles` stand before its body. */
export function openDocument(
  body: string,
  more: Readonly<Record<string, string>> = {},
  styles = '',
): Buffer {
  return zip({ ...more, 'content.xml': openContent(body, styles) })
}

/** The same as one flat file. */
export function openContent(body: string, styles = ''): string {
  return `${XML}<office:document-content ${OPEN_NAMES}>${styles}<office:body>${body}</office:body></office:document-content>`
}

export const OPEN_NAMES = ['office', 'text', 'table', 'draw', 'presentation', 'style']
  .map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`)
  .concat('xmlns:xlink="x"', 'xmlns:math="m"')
  .join(' ')

/** A book; chapters are XHTML bodies, in reading order. */
export function epub(
  chapters: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Buffer {
  const parts: Record<string, string> = {
    mimetype: 'application/epub+zip',
    'META-INF/container.xml': `${XML}<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`,
    'OEBPS/book.opf': `${XML}<package xmlns="http://www.idpf.org/2007/opf"><manifest>${chapters.map((_, i) => `<item id="c${i}" href="text/chapter%20${9 - i}.xhtml" media-type="application/xhtml+xml"/>`).join('')}</manifest><spine>${chapters.map((_, i) => `<itemref idref="c${i}"/>`).join('')}</spine></package>`,
    ...more,
  }
  for (const [i, body] of chapters.entries()) {
    parts[`OEBPS/text/chapter ${9 - i}.xhtml`] =
      `${XML}<html xmlns="http://www.w3.org/1999/xhtml"><head><style>p { color: red }</style></head><body>${body}</body></html>`
  }
  return zip(parts)
}
