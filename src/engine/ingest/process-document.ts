import type { DocumentRecord } from '../document-record.ts'
import { EngineError, ModelUnavailable } from '../errors.ts'
import { pageAt, type ReadFile } from '../file-reader.ts'
import { inParallel } from '../in-parallel.ts'
import type { CallOptions, Extraction, Models } from '../models.ts'
import type { EngineSettings } from '../settings.ts'
import type { NewChunk, Store } from '../store.ts'
import { giveWay } from '../turns.ts'
import { chunkFragments } from './chunk-fragments.ts'
import type { TextChunk } from './chunk-text.ts'
import { keptPlan } from './chunking.ts'
import { cutText } from './cut-text.ts'
import { documentTitle } from './document-title.ts'
import { type Heading, headingsAbove, markdownHeadings } from './headings.ts'
import { chunkId } from './identifiers.ts'

export interface ProcessParts {
  readonly store: Store
  readonly models: Models
  readonly settings: EngineSettings
}

/**
 * Everything of a document that models have to say, before anything is written: chunks with their
 * vectors and fragments.
 *
 * A chunk to which the extractor gives no usable answer is set aside with its error, and so is one of
 * which it gave a part only, with that part; an outage ends the whole attempt.
 *
 * @throws {ModelUnavailable} when a model does not answer
 */
export async function readDocument(
  { models, settings }: ProcessParts,
  document: DocumentRecord,
  file: ReadFile,
  options: CallOptions,
): Promise<NewChunk[]> {
  const { chunks, headings } = await cutDocument(document, file, settings)
  const title = documentTitle(file.text, document.filePath)
  const places = chunks.map((chunk) => chunk.start + 1)
  const above = headingsAbove(headings, places).map((path) => titled(title, path))
  const extractions = await inParallel(settings.maxParallelExtract, chunks, (chunk, i) =>
    extract(models, document, chunk, above[i] ?? [], options),
  )
  const vectors = await models.embedding.embed(
    chunks.map((chunk) => chunk.content),
    { ...options, kind: 'document' },
  )
  const read: NewChunk[] = []
  for (const [i, chunk] of chunks.entries()) {
    await giveWay()
    const extraction = extractions[i]
    const vector = vectors[i]
    if (!extraction || !vector) throw new EngineError('model_rejected', 'A chunk got no vector.')
    read.push({
      id: chunkId(document.id, chunk.ordinal, chunk.content),
      ...chunk,
      headings: above[i] ?? [],
      page: pageAt(file.pages, chunk.start),
      vector,
      ...chunkFragments(extraction.found, above[i] ?? []),
      error: extraction.error,
    })
  }
  return read
}

/** Cuts a document as was decided when it was taken in. */
export async function cutDocument(
  document: DocumentRecord,
  { text, headings: given }: ReadFile,
  settings: EngineSettings,
): Promise<{ chunks: TextChunk[]; headings: readonly Heading[] }> {
  const plan = keptPlan(document.chunking, settings)
  const isMarkdown = plan.strategy === 'markdown' && given.length === 0
  const headings = isMarkdown ? markdownHeadings(text) : given
  return { chunks: await cutText(text, headings, plan), headings }
}

function titled(title: string | null, headings: readonly string[]): string[] {
  return title === null ? [...headings] : [...new Set([title, ...headings])]
}

async function extract(
  models: Models,
  document: DocumentRecord,
  chunk: TextChunk,
  headings: readonly string[],
  options: CallOptions,
): Promise<{ found: Extraction; error: string | null }> {
  try {
    const input = { text: chunk.content, filePath: document.filePath, headings }
    const id = chunkId(document.id, chunk.ordinal, chunk.content)
    const found = await models.extractor.extract(input, { ...options, chunkId: id })
    return { found, error: found.incomplete ?? null }
  } catch (error) {
    if (error instanceof ModelUnavailable || options.signal?.aborted) throw error
    if (!(error instanceof EngineError)) throw error
    if (MISCONFIGURED.has(Number(error.details.status))) {
      throw new ModelUnavailable(error.message, { cause: error })
    }
    return { found: { entities: [], relations: [] }, error: error.message }
  }
}

/** A wrong key, account or model name: no chunk is to blame, and each would fare the same. */
const MISCONFIGURED: ReadonlySet<number> = new Set([401, 403, 404])
