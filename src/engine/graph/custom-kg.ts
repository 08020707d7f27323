import { annotationsOf } from '../documents/document-annotations.ts'
import {
  chunkId,
  contentHashInTurns,
  documentIdInTurns,
  newTrackId,
} from '../documents/identifiers.ts'
import { textOrigin } from '../documents/reading/text-origin.ts'
import { summaryInTurns } from '../documents/summary-of.ts'
import { embedEach } from '../pipeline/embed-each.ts'
import type { NewChunk } from '../ports/change.ts'
import type { DocumentRecord, NewDocument } from '../ports/document-record.ts'
import type { CallOptions } from '../ports/models.ts'
import type { EngineSettings } from '../ports/settings.ts'
import { tooManyChunks } from '../read/chunk-text.ts'
import { noVector, type ReadDocumentParts } from '../read/read-document.ts'
import { keptName } from '../text/kept-name.ts'
import { mapPieces } from '../text/text-pieces.ts'
import { tokenCount } from '../text/tokenizer.ts'
import { yieldIfDue } from '../work/turns.ts'
import type { CustomKg } from './graph-calls.ts'
import { type CustomPassage, layOutCustomKg } from './lay-out-custom-kg.ts'

/**
 * A custom graph as a document: its text is that of its chunks, and what they say comes with it. It
 * is listed, cited, replaced and deleted as every other document.
 *
 * @throws {EngineError} `invalid_argument`
 */
export async function customKgDocument(
  kg: CustomKg,
  { chunkSize, maxChunksPerDocument: most }: EngineSettings,
): Promise<NewDocument> {
  const { text, passages } = await layOutCustomKg(kg, { tokens: chunkSize, count: tokenCount })
  if (passages.length > most) throw tooManyChunks(most)
  const graph = await written(passages)
  // Of the list without its lines, as it was kept by earlier versions.
  const hashed = `${text}\u0000${await mapPieces(graph, (piece) => piece.replaceAll('\n', ''))}`
  const hash = await contentHashInTurns(hashed)
  return {
    id: await documentIdInTurns(hashed),
    filePath: keptName(filePathOf(kg)) || `custom_kg_${hash.slice(0, 8)}`,
    trackId: newTrackId('insert'),
    ...(await summaryInTurns(text)),
    contentHash: hash,
    metadata: {},
    text,
    storedFile: null,
    graph,
    annotations: annotationsOf(kg),
    origin: await textOrigin(text, kg.author),
  }
}

function filePathOf({ file_path, chunks = [] }: CustomKg): string {
  const paths = new Set(chunks.map((chunk) => chunk.file_path ?? ''))
  return file_path ?? (paths.size === 1 ? ([...paths][0] ?? '') : '')
}

/** The chunks of such a document: only their vectors have to be made. */
export async function customKgChunks(
  { embedding, attempt, progress }: Pick<ReadDocumentParts, 'embedding' | 'attempt' | 'progress'>,
  document: DocumentRecord,
  text: string,
  graph: string,
  options: CallOptions,
): Promise<NewChunk[]> {
  const passages = await readBack(graph)
  const contents = passages.map(({ start, end }) => text.slice(start, end))
  await progress.begin('embed', contents.length)
  const { vectors, leftOut } = await embedEach(
    embedding,
    attempt,
    contents,
    options,
    progress.advance,
  )
  attempt.settle()
  const chunks: NewChunk[] = []
  for (const [ordinal, passage] of passages.entries()) {
    await yieldIfDue()
    const content = contents[ordinal] ?? ''
    chunks.push({
      id: chunkId(document.id, ordinal, content),
      ordinal,
      content,
      tokens: tokenCount(content),
      ...passage,
      headings: [],
      page: null,
      outline: null,
      vector: vectors.get(content) ?? null,
      error: noVector(leftOut.get(content)),
    })
  }
  return chunks
}

/** As a list in JSON, of which each item stands on a line of its own: it is read item by item. */
async function written(passages: readonly CustomPassage[]): Promise<string> {
  const lines: string[] = []
  for (const passage of passages) {
    await yieldIfDue()
    lines.push(JSON.stringify(passage))
  }
  return `[\n${lines.join(',\n')}\n]`
}

async function readBack(graph: string): Promise<CustomPassage[]> {
  // What was kept by earlier versions stands on one line.
  if (!graph.startsWith('[\n')) return JSON.parse(graph)
  const passages: CustomPassage[] = []
  for (const line of graph.slice(2, -2).split(',\n')) {
    await yieldIfDue()
    passages.push(JSON.parse(line))
  }
  return passages
}
