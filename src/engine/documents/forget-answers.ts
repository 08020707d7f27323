import type { DocumentRecord } from '../ports/document-record.ts'
import { EngineError } from '../ports/engine-error.ts'
import type { EngineSettings } from '../ports/settings.ts'
import type { Store } from '../ports/store.ts'
import type { TextCutter } from '../ports/text-cutter.ts'
import { documentToCut } from '../read/cut-document.ts'
import { plainText } from '../read/text-file-reader.ts'
import { chunkId } from './identifiers.ts'

const PAGE = 1000

interface ForgettingParts {
  readonly store: Store
  readonly settings: EngineSettings
  readonly cutter: TextCutter
}

/** Removes what models answered about these documents, and all answers to questions. */
export async function forgetAnswers(
  parts: ForgettingParts,
  documentIds: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const { store } = parts
  const chunkIds: string[] = []
  for (const id of documentIds) {
    const document = await store.documents.byId(id)
    if (!document) continue
    for (const chunk of await publishedChunks(store, id)) chunkIds.push(chunk)
    // What was paid for before an attempt failed is there too, under chunks that never appeared.
    if (document.status !== 'processed') {
      for (const chunk of await plannedChunks(parts, document, signal)) chunkIds.push(chunk)
    }
  }
  await store.cache.clear({ chunkIds })
  await store.cache.clear({ kind: 'query' })
}

async function publishedChunks(store: Store, documentId: string): Promise<string[]> {
  const ids: string[] = []
  for (;;) {
    const page = { onlySetAside: false, offset: ids.length, limit: PAGE }
    const { chunks, total } = await store.documents.chunksOf(documentId, page)
    for (const chunk of chunks) ids.push(chunk.id)
    if (chunks.length === 0 || ids.length >= total) return ids
  }
}

async function plannedChunks(
  { store, settings, cutter }: ForgettingParts,
  document: DocumentRecord,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const text = await store.documents.text(document.id)
  if (text === null) return []
  try {
    const toCut = documentToCut(document, plainText(text, document.filePath), settings)
    // It may have failed by what cutting it takes.
    const { chunks } = await cutter.cut(toCut, { lane: 'summary', signal, apart: true })
    return chunks.map((chunk) => chunkId(document.id, chunk.ordinal, chunk.content))
  } catch (error) {
    // A text that cannot be cut was never asked about.
    if (error instanceof EngineError && error.code === 'invalid_argument') return []
    throw error
  }
}
