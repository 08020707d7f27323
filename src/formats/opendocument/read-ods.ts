import { parseXml } from '../markup/parse-xml.ts'
import type { ReadLimits } from '../reader/read-limits.ts'
import type { TextBuilder } from '../text/text-builder.ts'
import { writeSheet } from '../text/write-sheet.ts'
import { damaged } from '../unreadable-file.ts'
import { openDocument } from './open-document.ts'
import { OpenSheets } from './open-sheets.ts'

/** Writes the rows of each sheet that is shown under the sheet's name; sheets are its pages. */
export async function readOds(
  bytes: Buffer,
  builder: TextBuilder,
  limits: ReadLimits,
): Promise<void> {
  try {
    const { content } = await openDocument(bytes, limits, 'ODS')
    const sheets = new OpenSheets(({ name, number, isShown, rows }) => {
      if (!(isShown || limits.readHidden) || rows.every((row) => row.length === 0)) return
      builder.page(number)
      builder.heading(1, name)
      writeSheet(rows, builder, 2)
    })
    parseXml(content, sheets.handler(), limits.maxDepth)
  } catch (error) {
    throw damaged('ODS', error)
  }
}
