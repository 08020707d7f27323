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

/**
 * Writes the rows of a table with tabs between its cells. A quotation mark that is never closed is one
 * of the data, such as that of inches.
 */
export function readTsv(text: string, builder: TextBuilder): void {
  const rows = text.replace(/^\ufeff/, '')
  const quoted = Papa.parse<string[]>(rows, { delimiter: '\t' })
  const isPlain = quoted.errors.some(({ type }) => type === 'Quotes')
  const { data } = isPlain
    ? Papa.parse<string[]>(rows, { delimiter: '\t', quoteChar: '\0' })
    : quoted
  writeSheet(data, builder, 1)
}
