import Papa from 'papaparse'
import type { TextBuilder } from '../text/text-builder.ts'
import { writeSheet } from '../text/write-sheet.ts'
import { UnreadableFile } from '../unreadable-file.ts'

/**
 * Writes the rows of a table; the delimiter is found out.
 *
 * @throws {UnreadableFile} when a quotation mark is never closed
 */
export function readCsv(text: string, builder: TextBuilder): void {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\ufeff/, ''))
  const open = errors.find((error) => error.code === 'MissingQuotes')
  if (open) {
    throw new UnreadableFile(
      `A quotation mark in row ${(open.row ?? 0) + 1} of the table is never closed.`,
    )
  }
  writeSheet(data, builder, 1)
}
