import { chunkId } from '../documents/identifiers.ts'
import type { CachedEmbedding } from '../merge/attempt-cache.ts'
import type { Attempt } from '../pipeline/attempt.ts'
import type { DocumentProgress } from '../pipeline/document-progress.ts'
import { embedEach } from '../pipeline/embed-each.ts'
import type { NewChunk } from '../ports/change.ts'
import type { DocumentRecord } from '../ports/document-record.ts'
import { pageAt, type ReadFile } from '../ports/file-reader.ts'
import type { CallOptions, Extraction, Models } from '../ports/models.ts'
import type { EngineSettings } from '../ports/settings.ts'
import type { Store } from '../ports/store.ts'
import type { TextCutter } from '../ports/text-cutter.ts'
import { foundBefore } from '../roles/found-before.ts'
import { inParallel } from '../work/in-parallel.ts'
import { yieldIfDue } from '../work/turns.ts'
import { chunkFragments } from './chunk-fragments.ts'
import { NO_OUTLINE } from './chunk-outline.ts'
import type { TextChunk } from './chunk-text.ts'
import { documentToCut } from './cut-document.ts'

export interface ReadDocumentParts {
  readonly store: Store
  readonly models: Models
  readonly cutter: TextCutter
  readonly embedding: CachedEmbedding
  readonly settings: EngineSettings
  readonly attempt: Attempt
  readonly progress: DocumentProgress
}

/**
 * Everything of a document that models have to say, before anything is written: chunks with their
 * vectors and fragments.
 *
 * A chunk for which a model fails while it answers others is set aside with its error, once its tries
 * are used up: without what it says of the graph, or without a vector. So is one of which it gave a
 * part only, with that part.
 *
 * @throws {ModelUnavailable} when a model answers nobody
 * @throws {TryLater} when tries are left
 */
export async function readDocument(
  { models, cutter, embedding, settings, attempt, progress }: ReadDocumentParts,
  document: DocumentRecord,
  file: ReadFile,
  options: CallOptions,
): Promise<NewChunk[]> {
  const { chunks, above, outlines } = await cutter.cut(
    documentToCut(document, file, settings),
    options,
  )
  progress.measured(chunks.reduce((sum, { tokens }) => sum + tokens, 0))
  await progress.begin('extract', chunks.length)
  const extractions = await inParallel(settings.maxParallelExtract, chunks, async (chunk, i) => {
    const extraction = await extract(models, attempt, document, chunk, above[i] ?? [], options)
    progress.advance()
    return extraction
  })
  attempt.settle()
  await progress.begin('embed', chunks.length)
  const contents = chunks.map((chunk) => chunk.content)
  const { vectors, leftOut } = await embedEach(
    embedding,
    attempt,
    contents,
    options,
    progress.advance,
  )
  attempt.settle()
  const read: NewChunk[] = []
  for (const [i, chunk] of chunks.entries()) {
    await yieldIfDue()
    const { found, error } = extractions[i] ?? NOTHING_FOUND
    read.push({
      id: chunkId(document.id, chunk.ordinal, chunk.content),
      ...chunk,
      headings: above[i] ?? [],
      page: pageAt(file.pages, chunk.start),
      outline: outlines[i] ?? NO_OUTLINE,
      vector: vectors.get(chunk.content) ?? null,
      ...chunkFragments(found, above[i] ?? []),
      error: error ?? noVector(leftOut.get(chunk.content)),
    })
  }
  return read
}

/** Why a chunk is set aside that has no vector, or null. */
export function noVector(reason: string | undefined): string | null {
  return reason === undefined ? null : `It has no vector: ${reason}`
}

const NOTHING_FOUND = { found: { entities: [], relations: [] }, error: null }

async function extract(
  models: Models,
  attempt: Attempt,
  document: DocumentRecord,
  chunk: TextChunk,
  headings: readonly string[],
  options: CallOptions,
): Promise<{ found: Extraction; error: string | null }> {
  options.signal?.throwIfAborted()
  if (attempt.isLost) return NOTHING_FOUND
  try {
    const input = { text: chunk.content, filePath: document.filePath, headings }
    const id = chunkId(document.id, chunk.ordinal, chunk.content)
    const found = await models.extractor.extract(input, { ...options, chunkId: id })
    return { found, error: found.incomplete ?? null }
  } catch (error) {
    const found = foundBefore(error) ?? NOTHING_FOUND.found
    return { found, error: await attempt.leaveOut('llm', error) }
  }
}
