import { parseXml, prefixed } from '../markup/parse-xml.ts'
import type { ReadLimits } from '../reader/read-limits.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { writeSheet } from '../text/write-sheet.ts'
import { damaged } from '../unreadable-file.ts'
import { ZipArchive } from '../zip-archive.ts'
import { relationshipsOf } from './relationships.ts'
import { sharedStrings } from './sheet/shared-strings.ts'
import { sheetRows } from './sheet/sheet-rows.ts'
import { SheetStyles } from './sheet/sheet-styles.ts'
import { writeDrawings } from './write-drawings.ts'

interface Sheet {
  readonly name: string
  readonly id: string
  /** Its place among all sheets of the workbook, hidden ones too, from 1. */
  readonly number: number
}

interface Sheets {
  readonly sheets: readonly Sheet[]
  readonly is1904: boolean
}

/**
 * Writes the rows of each sheet that is shown under the sheet's name, then its charts and boxes. Sheets
 * are its pages.
 */
export async function readXlsx(
  bytes: Buffer,
  builder: TextBuilder,
  limits: ReadLimits,
): Promise<void> {
  const { maxDepth } = limits
  const archive = await ZipArchive.open(bytes, limits, 'XLSX')
  try {
    const roots = await relationshipsOf(archive, '', maxDepth)
    const book = roots.find(({ type }) => type === 'officeDocument')?.target ?? 'xl/workbook.xml'
    const parts = await relationshipsOf(archive, book, maxDepth)
    const partText = async (type: string) => {
      const target = parts.find((part) => part.type === type)?.target
      return target && archive.has(target) ? archive.text(target) : null
    }
    const { sheets, is1904 } = sheetsOf(await archive.text(book), limits)
    const workbook = {
      is1904,
      styles: new SheetStyles(await partText('styles'), maxDepth),
      strings: sharedStrings((await partText('sharedStrings')) ?? '<sst/>', maxDepth),
    }
    for (const { name, id, number } of sheets) {
      const part = parts.find((one) => one.id === id)
      if (part?.type !== 'worksheet') continue
      const rows = sheetRows(await archive.text(part.target), workbook, maxDepth)
      const drawn = await relationshipsOf(archive, part.target, maxDepth)
      const isEmpty = rows.every((row) => row.length === 0)
      if (isEmpty && !drawn.some(({ type }) => type === 'drawing')) continue
      builder.page(number)
      builder.heading(1, name)
      writeSheet(rows, builder, 2)
      await writeDrawings(archive, drawn, builder, maxDepth)
    }
  } catch (error) {
    throw damaged('XLSX', error)
  }
}

function sheetsOf(xml: string, { maxDepth, readHidden }: ReadLimits): Sheets {
  const sheets: Sheet[] = []
  let number = 0
  let is1904 = false
  const open = (name: string, attributes: Readonly<Record<string, string>>) => {
    if (name === 'workbookPr') is1904 = /^(?:1|true)$/.test(attributes.date1904 ?? '')
    if (name !== 'sheet') return
    number++
    const isShown = (attributes.state ?? 'visible') === 'visible'
    const id = prefixed(attributes, 'id')
    if ((isShown || readHidden) && id) sheets.push({ name: attributes.name ?? '', id, number })
  }
  parseXml(xml, { open }, maxDepth)
  return { sheets, is1904 }
}
