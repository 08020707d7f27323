import type { DocumentRecord } from '../ports/document-record.ts'
import { EngineError } from '../ports/engine-error.ts'
import { type FileReader, pageAt, type ReadFile } from '../ports/file-reader.ts'
import type { Files } from '../ports/files.ts'
import type { CallOptions } from '../ports/models.ts'
import type { Store } from '../ports/store.ts'
import { yieldIfDue } from '../work/turns.ts'
import { chunkOutlines } from './chunk-outline.ts'
import { documentTitle } from './document-title.ts'
import { markdownHeadings } from './headings.ts'
import { readStoredFile } from './read-stored-file.ts'
import { plainText } from './text-file-reader.ts'

export interface OutlineParts {
  readonly store: Pick<Store, 'documents'>
  readonly fileReader: FileReader
  readonly uploads: Pick<Files, 'open'>
}

const DOCUMENTS_AT_ONCE = 20
const CHUNKS_AT_ONCE = 200

/**
 * Gives documents of earlier versions what their citations need: where pages and sections begin in
 * their chunks. Read from the stored file or text; no model is asked. A document whose file says
 * something else by now, or nothing, is cited by the beginnings of its chunks for good.
 */
export async function outlineDocuments(
  parts: OutlineParts,
  { signal }: CallOptions,
): Promise<void> {
  const { documents } = parts.store
  for (;;) {
    const ids = await documents.withoutOutlines(DOCUMENTS_AT_ONCE)
    if (ids.length === 0) return
    for (const id of ids) {
      signal?.throwIfAborted()
      const document = await documents.byId(id)
      const file = document === null ? null : await contentOf(parts, document, signal)
      signal?.throwIfAborted()
      const outlines = document && file ? await outlined(parts, document, file) : []
      await documents.setOutlines(id, outlines)
    }
  }
}

/** Null when it is not what the chunks were cut from. */
async function contentOf(
  { store, fileReader, uploads }: OutlineParts,
  { id, storedFile, filePath }: DocumentRecord,
  signal: AbortSignal | undefined,
): Promise<ReadFile | null> {
  const stored = await store.documents.text(id)
  if (stored === null || storedFile === null)
    return stored === null ? null : plainText(stored, filePath)
  const name = { storedFile, filePath }
  const file = await readStoredFile(fileReader, uploads, name, { signal }).catch((error) => {
    if (error instanceof EngineError && error.code === 'invalid_argument') return null
    throw error
  })
  return file?.text === stored ? file : plainText(stored, filePath)
}

async function outlined(
  { store }: OutlineParts,
  { id, filePath, chunking }: DocumentRecord,
  { text, pages, headings: given }: ReadFile,
) {
  const isMarkdown = chunking?.strategy === 'markdown' && given.length === 0
  const headings = isMarkdown ? markdownHeadings(text) : given
  const spans: { ordinal: number; start: number; end: number }[] = []
  for (let offset = 0; ; offset += CHUNKS_AT_ONCE) {
    const page = { onlySetAside: false, offset, limit: CHUNKS_AT_ONCE }
    const { chunks } = await store.documents.chunksOf(id, page)
    for (const { ordinal, start, end, content } of chunks) {
      if (text.slice(start, end) !== content) return []
      spans.push({ ordinal, start, end })
    }
    await yieldIfDue()
    if (chunks.length < CHUNKS_AT_ONCE) break
  }
  const outlines = chunkOutlines(spans, pages, headings, documentTitle(text, filePath))
  return outlines.map((outline, i) => {
    const { ordinal = i, start = 0 } = spans[i] ?? {}
    return { ordinal, outline, page: pageAt(pages, start) }
  })
}
