import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface EvalDocument {
  readonly id: string
  readonly title: string
  readonly text: string
}

export interface EvalQuery {
  readonly id: string
  readonly text: string
  /** Ids of the documents that hold the answer. */
  readonly relevant: readonly string[]
}

export interface Dataset {
  readonly documents: readonly EvalDocument[]
  /** Those with at least one relevant document. */
  readonly queries: readonly EvalQuery[]
}

/** Reads `docs.jsonl` and `queries.jsonl` of a folder; `limit` keeps the first queries alone. */
export async function readDataset(folder: string, limit = Number.POSITIVE_INFINITY) {
  const documents = (await readLines(join(folder, 'docs.jsonl'))) as EvalDocument[]
  const queries = (await readLines(join(folder, 'queries.jsonl'))) as EvalQuery[]
  const answerable = queries.filter(({ relevant }) => relevant.length > 0)
  return { documents, queries: answerable.slice(0, limit) } satisfies Dataset
}

/** What is indexed of a document, by the server and by the baseline alike. */
export function fullText({ title, text }: EvalDocument): string {
  return title ? `${title}\n\n${text}` : text
}

async function readLines(file: string): Promise<unknown[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.trim())
  return lines.map((line) => JSON.parse(line))
}
