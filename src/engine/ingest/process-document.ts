import { EngineError, ModelUnavailable } from '../errors.ts'
import type { CallOptions, Extraction, Models } from '../models.ts'
import type { EngineSettings } from '../settings.ts'
import type { DocumentRecord, NewChunk, Store } from '../store.ts'
import { chunkFragments } from './chunk-fragments.ts'
import { chunkText, type TextChunk } from './chunk-text.ts'
import { documentTitle } from './document-title.ts'
import { headingsAt, markdownHeadings } from './headings.ts'
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
 * A chunk to which the extractor gives no usable answer is set aside with its error; an outage ends
 * the whole attempt.
 *
 * @throws {ModelUnavailable} when a model does not answer
 */
export async function readDocument(
  { models, settings }: ProcessParts,
  document: DocumentRecord,
  text: string,
  options: CallOptions,
): Promise<NewChunk[]> {
  const headings = /\.(md|markdown)$/i.test(document.filePath) ? markdownHeadings(text) : []
  const chunks = await chunkText(text, {
    size: settings.chunkSize,
    overlap: settings.chunkOverlapSize,
  })
  const title = documentTitle(text, document.filePath)
  const above = chunks.map((chunk) => titled(title, headingsAt(headings, chunk.start + 1)))
  const extractions = await inParallel(settings.maxParallelExtract, chunks, (chunk, i) =>
    extract(models, document, chunk, above[i] ?? [], options),
  )
  const vectors = await models.embedding.embed(
    chunks.map((chunk) => chunk.content),
    { ...options, kind: 'document' },
  )
  return chunks.map((chunk, i) => {
    const extraction = extractions[i]
    const vector = vectors[i]
    if (!extraction || !vector) throw new EngineError('model_rejected', 'A chunk got no vector.')
    return {
      id: chunkId(document.id, chunk.ordinal, chunk.content),
      ...chunk,
      headings: above[i] ?? [],
      page: null,
      vector,
      ...chunkFragments(extraction.found, above[i] ?? []),
      error: extraction.error,
    }
  })
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
    return { found, error: null }
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

/** Maps with at most `limit` calls under way; the first failure stops further ones. */
async function inParallel<T, R>(
  limit: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length)
  const queue = items.entries()
  let failed = false
  const worker = async () => {
    for (const [index, item] of queue) {
      if (failed) return
      results[index] = await work(item, index)
    }
  }
  const workers = Array.from({ length: Math.min(limit, items.length) }, () =>
    worker().catch((error: unknown) => {
      failed = true
      throw error
    }),
  )
  await Promise.all(workers)
  return results
}
