import { cells, ENTITY_COLUMNS, headings, RELATION_COLUMNS } from './export-table.ts'
import type { GraphRows } from './graph-rows.ts'

/** What a spreadsheet takes for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/

/** Two tables in one file, each under a comment line, as LightRAG writes them (RFC 4180). */
export async function* csvGraph(rows: GraphRows): AsyncGenerator<string> {
  yield `# ENTITIES\r\n${csvLine(headings(ENTITY_COLUMNS))}`
  for await (const entity of rows.entities()) yield csvLine(cells(ENTITY_COLUMNS, entity))
  yield `\r\n# RELATIONS\r\n${csvLine(headings(RELATION_COLUMNS))}`
  for await (const relation of rows.relations()) yield csvLine(cells(RELATION_COLUMNS, relation))
}

function csvLine(values: readonly (string | number)[]): string {
  return `${values.map(csvCell).join(',')}\r\n`
}

/**
 * A text that a spreadsheet would run as a formula gets an apostrophe in front; one that would look
 * like the comment line of a table gets quotes.
 */
function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const text = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]|^[#\s]|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
