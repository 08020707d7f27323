import type { ExportFormat } from '../graph-calls.ts'
import { csvGraph } from './csv-graph.ts'
import { gexfGraph } from './gexf-graph.ts'
import { type GraphPages, type GraphRows, graphRows } from './graph-rows.ts'
import { graphmlGraph } from './graphml-graph.ts'
import { markdownGraph } from './markdown-graph.ts'
import { textGraph } from './text-graph.ts'
import { xlsxGraph } from './xlsx-graph.ts'

/** A piece of a file grows to this size before it is handed on, in characters. */
const PIECE = 32 * 1024

const FORMATS: Readonly<
  Record<Exclude<ExportFormat, 'xlsx'>, (rows: GraphRows) => AsyncIterable<string>>
> = {
  csv: csvGraph,
  md: markdownGraph,
  txt: textGraph,
  graphml: graphmlGraph,
  gexf: gexfGraph,
}

/** The whole graph as a file, piece by piece. Memory grows with the number of entities only. */
export function exportGraph(
  store: GraphPages,
  format: ExportFormat,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  const rows = graphRows(store, signal)
  return format === 'xlsx' ? xlsxGraph(rows) : encoded(FORMATS[format](rows))
}

async function* encoded(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let piece = ''
  for await (const text of texts) {
    piece += text
    if (piece.length < PIECE) continue
    yield Buffer.from(piece)
    piece = ''
  }
  if (piece !== '') yield Buffer.from(piece)
}
