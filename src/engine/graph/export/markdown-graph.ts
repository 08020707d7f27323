import { cells, ENTITY_COLUMNS, headings, RELATION_COLUMNS } from './export-table.ts'
import type { GraphRows } from './graph-rows.ts'

const SPECIAL = /[\\`*_[\]|~]/g

/** Two tables. */
export async function* markdownGraph(rows: GraphRows): AsyncGenerator<string> {
  yield `# Entities\n\n${head(headings(ENTITY_COLUMNS))}`
  for await (const entity of rows.entities()) yield row(cells(ENTITY_COLUMNS, entity))
  yield `\n# Relations\n\n${head(headings(RELATION_COLUMNS))}`
  for await (const relation of rows.relations()) yield row(cells(RELATION_COLUMNS, relation))
}

function head(names: readonly string[]): string {
  return `${row(names)}|${' --- |'.repeat(names.length)}\n`
}

function row(values: readonly (string | number)[]): string {
  return `| ${values.map(cell).join(' | ')} |\n`
}

/** Nothing in a value is markup, and a table's row is one line. */
function cell(value: string | number): string {
  return String(value)
    .replace(SPECIAL, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/\r\n?|\n/g, '<br>')
}
