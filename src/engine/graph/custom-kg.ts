import type { DocumentRecord, NewDocument } from '../document-record.ts'
import { cleanText } from '../ingest/clean-text.ts'
import { labelsOf } from '../ingest/document-labels.ts'
import { embedEach } from '../ingest/embed-each.ts'
import { chunkId, contentHash, documentId, newTrackId } from '../ingest/identifiers.ts'
import { noVector, type ProcessParts } from '../ingest/process-document.ts'
import { summaryOf } from '../ingest/summary-of.ts'
import type { CallOptions } from '../models.ts'
import type { EngineSettings } from '../settings.ts'
import type { NewChunk } from '../store.ts'
import { tokenCount } from '../tokenizer.ts'
import type { CustomKg } from './graph-calls.ts'
import { type CustomPassage, layOutCustomKg } from './lay-out-custom-kg.ts'

/**
 * A custom graph as a document: its text is that of its chunks, and what they say comes with it. It
 * is listed, cited, replaced and deleted as every other document.
 *
 * @throws {EngineError} `invalid_argument`
 */
export function customKgDocument(kg: CustomKg, { chunkSize }: EngineSettings): NewDocument {
  const { text, passages } = layOutCustomKg(kg, { tokens: chunkSize, count: tokenCount })
  const graph = JSON.stringify(passages)
  const hash = contentHash(`${text}\u0000${graph}`)
  return {
    id: documentId(`${text}\u0000${graph}`),
    filePath: cleanText(labelOf(kg)) || `custom_kg_${hash.slice(0, 8)}`,
    trackId: newTrackId('insert'),
    ...summaryOf(text),
    contentHash: hash,
    metadata: {},
    text,
    storedFile: null,
    graph,
    labels: labelsOf(kg),
  }
}

function labelOf({ file_path, chunks = [] }: CustomKg): string {
  const paths = new Set(chunks.map((chunk) => chunk.file_path ?? ''))
  return file_path ?? (paths.size === 1 ? ([...paths][0] ?? '') : '')
}

/** The chunks of such a document: only their vectors have to be made. */
export async function customKgChunks(
  { embedding, attempt }: Pick<ProcessParts, 'embedding' | 'attempt'>,
  document: DocumentRecord,
  text: string,
  graph: string,
  options: CallOptions,
): Promise<NewChunk[]> {
  const passages = JSON.parse(graph) as CustomPassage[]
  const contents = passages.map(({ start, end }) => text.slice(start, end))
  const { vectors, leftOut } = await embedEach(embedding, attempt, contents, options)
  attempt.settle()
  return passages.map((passage, ordinal) => {
    const content = contents[ordinal] ?? ''
    return {
      id: chunkId(document.id, ordinal, content),
      ordinal,
      content,
      tokens: tokenCount(content),
      ...passage,
      headings: [],
      page: null,
      vector: vectors.get(content) ?? null,
      error: noVector(leftOut.get(content)),
    }
  })
}
