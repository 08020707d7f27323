import readExcelFile from 'read-excel-file/node'
import type { ReadLimits } from '../reader/read-limits.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { writeSheet } from '../text/write-sheet.ts'
import { damaged } from '../unreadable-file.ts'
import { ZipArchive } from '../zip-archive.ts'

/** Writes the rows of each sheet under the sheet's name. */
export async function readXlsx(
  bytes: Buffer,
  builder: TextBuilder,
  limits: ReadLimits,
): Promise<void> {
  const archive = await ZipArchive.open(bytes, limits, 'XLSX')
  try {
    await archive.verify()
    for (const { sheet, data } of await readExcelFile(bytes)) {
      const rows = data.map((row) => row.map(cellText))
      if (!rows.flat().some((cell) => cell.trim() !== '')) continue
      builder.heading(1, sheet)
      writeSheet(rows, builder, 2)
    }
  } catch (error) {
    throw damaged('XLSX', error)
  }
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  if (!(cell instanceof Date)) return String(cell)
  if (Number.isNaN(cell.getTime())) return ''
  const [day = '', time = ''] = cell.toISOString().split('T')
  return time.startsWith('00:00:00') ? day : `${day} ${time.slice(0, 8)}`
}
