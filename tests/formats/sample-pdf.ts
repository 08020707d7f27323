import { zlibSync } from 'fflate'

export interface PdfPage {
  /** Lines from the top, 14 points apart; an empty one leaves a gap. */
  readonly lines: readonly string[]
  /** A bookmark that leads here. */
  readonly bookmark?: string
}

/** A PDF of these pages, each object written by hand. `trailer` is added to the trailer. */
export function pdf(pages: readonly PdfPage[], trailer = ''): Buffer {
  const objects: (string | Buffer)[] = []
  const add = (object: string | Buffer) => objects.push(object)
  const first = 4
  const outlineAt = first + pages.length * 2
  const marked = pages.flatMap((page, i) => (page.bookmark ? [{ title: page.bookmark, i }] : []))
  add(`<< /Type /Catalog /Pages 2 0 R${marked.length > 0 ? ` /Outlines ${outlineAt} 0 R` : ''} >>`)
  add(
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, i) => `${first + i * 2} 0 R`).join(' ')}] >>`,
  )
  add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>')
  for (const [i, page] of pages.entries()) {
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${first + i * 2 + 1} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
    )
    add(stream(content(page.lines)))
  }
  if (marked.length > 0) {
    add(`<< /Type /Outlines /First ${outlineAt + 1} 0 R /Last ${outlineAt + marked.length} 0 R >>`)
    for (const [n, { title, i }] of marked.entries()) {
      const next = n + 1 < marked.length ? ` /Next ${outlineAt + n + 2} 0 R` : ''
      add(
        `<< /Title (${title}) /Parent ${outlineAt} 0 R${next} /Dest [${first + i * 2} 0 R /Fit] >>`,
      )
    }
  }
  return written(objects, trailer)
}

/** A PDF whose one page is drawn by this stream, packed so many times. */
export function pdfWithContent(packed: Uint8Array, times = 1): Buffer {
  return written(
    [
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
      '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>',
      stream(packed, '', times),
    ],
    '',
  )
}

/**
 * A PDF of one page. Its fonts are `F1` and those of `more.fonts`, which may name objects: these are
 * numbered from 5 on.
 */
export function pdfPage(
  operators: string,
  more: {
    readonly fonts?: string
    readonly pictures?: string
    readonly page?: string
    readonly catalog?: string
    readonly objects?: readonly (string | Buffer)[]
  } = {},
): Buffer {
  const { fonts = '', pictures = '', page = '', catalog = '', objects = [] } = more
  const helvetica = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'
  return written(
    [
      `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
      '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 ${helvetica} ${fonts} >> /XObject << ${pictures} >> >> ${page} >>`,
      stream(deflated(operators)),
      ...objects,
    ],
    '',
  )
}

/** An object of a PDF with bytes, packed. */
export function pdfStream(bytes: Uint8Array, more: string): Buffer {
  return stream(zlibSync(bytes), more)
}

/** A PDF whose one page shows a form ten times, which shows another one ten times, and so on. */
export function endlessPdf(): Buffer {
  const depth = 12
  const font = '/Font << /F1 5 0 R >>'
  const forms = Array.from({ length: depth }, (_, i) => {
    const inner = `/XObject << /X ${i + 7} 0 R >>`
    const shown = i + 1 < depth ? '/X Do '.repeat(10) : 'BT /F1 11 Tf (again) Tj ET'
    return stream(
      deflated(shown),
      `/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << ${font} ${i + 1 < depth ? inner : ''} >>`,
    )
  })
  return written(
    [
      '<< /Type /Catalog /Pages 2 0 R >>',
      '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << ${font} /XObject << /X 6 0 R >> >> >>`,
      stream(deflated('/X Do '.repeat(10))),
      '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
      ...forms,
    ],
    '',
  )
}

function deflated(operators: string): Uint8Array {
  return zlibSync(Buffer.from(operators, 'latin1'))
}

function content(lines: readonly string[]): Uint8Array {
  const shown = lines.map((line) => `(${line.replace(/[()\\]/g, '\\$&')}) Tj 0 -14 Td`)
  return deflated(`BT /F1 11 Tf 60 780 Td ${shown.join('\n')} ET`)
}

function stream(packed: Uint8Array, more = '', times = 1): Buffer {
  const filters = '/FlateDecode '.repeat(times)
  return Buffer.concat([
    Buffer.from(`<< /Length ${packed.length} /Filter [${filters}] ${more} >>\nstream\n`),
    packed,
    Buffer.from('\nendstream'),
  ])
}

function written(objects: readonly (string | Buffer)[], trailer: string): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')]
  const offsets: number[] = []
  let length = parts[0]?.length ?? 0
  const push = (part: Buffer) => {
    parts.push(part)
    length += part.length
  }
  for (const [i, object] of objects.entries()) {
    offsets.push(length)
    push(Buffer.from(`${i + 1} 0 obj\n`))
    push(Buffer.from(object))
    push(Buffer.from('\nendobj\n'))
  }
  const start = length
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  push(Buffer.from(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`))
  push(
    Buffer.from(
      `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`,
    ),
  )
  return Buffer.concat(parts)
}
