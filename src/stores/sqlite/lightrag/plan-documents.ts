import { chunkId } from '../../../engine/documents/identifiers.ts'
import type { JsonObject } from '../../../engine/ports/document-record.ts'
import { documentTitle } from '../../../engine/read/document-title.ts'
import { tokenCount } from '../../../engine/text/tokenizer.ts'
import type { PlannedChunk, PlannedDocument } from './import-plan.ts'
import { fieldsOf, textOf } from './read-records.ts'
import { idsIn, type WorkingFolder } from './working-folder.ts'

export interface PlannedDocuments {
  readonly documents: PlannedDocument[]
  /** The chunks that come in, by LightRAG's id; several where documents share one. */
  readonly chunksById: ReadonlyMap<string, readonly ChunkOfDocument[]>
  readonly problems: string[]
}

/** A chunk, and the document that it belongs to. */
export interface ChunkOfDocument {
  readonly document: PlannedDocument
  readonly chunk: PlannedChunk
}

/** Works out documents and chunks; who is not whole comes in as `pending`, to be processed anew. */
export function planDocuments(folder: WorkingFolder): PlannedDocuments {
  const problems: string[] = []
  const vectors = new Map(
    folder.chunkVectors.records.map(({ fields, vector }) => [textOf(fields.__id__), vector]),
  )
  const isFit = (chunk: string) =>
    folder.textChunks.has(chunk) && vectors.get(chunk) instanceof Float32Array
  const chunkIds = chunksByDocument(folder)
  const ids = new Set([...folder.fullDocs.keys(), ...folder.docStatus.keys(), ...chunkIds.keys()])
  const chunksById = new Map<string, ChunkOfDocument[]>()
  const documents: PlannedDocument[] = []
  for (const id of ids) {
    const own = chunkIds.get(id) ?? []
    const document = planDocument(folder, id, own, problems)
    if (document === null) continue
    const unfit = own.filter((chunk) => !isFit(chunk))
    if (document.status === 'processed' && (unfit.length > 0 || own.length === 0)) {
      const why = own.length === 0 ? 'no chunks' : `${unfit.length} chunks without text or vector`
      problems.push(`Document ${id} has ${why}: it comes in as pending, to be processed anew.`)
      documents.push({ ...document, status: 'pending' })
      continue
    }
    documents.push(document)
    if (document.status === 'processed') locateChunks(folder, document, own, vectors, chunksById)
  }
  return { documents, chunksById, problems }
}

/** Finds each chunk in the text of its document. */
function locateChunks(
  { textChunks }: WorkingFolder,
  document: PlannedDocument,
  ids: readonly string[],
  vectors: ReadonlyMap<string, Float32Array | null>,
  chunksById: Map<string, ChunkOfDocument[]>,
): void {
  const { text, chunks } = document
  const headings = headingsOf(document)
  for (const [ordinal, id] of ids.entries()) {
    const vector = vectors.get(id)
    if (!vector) continue
    const content = textOf(fieldsOf(textChunks.get(id)).content)
    const before = chunks.at(-1)
    // Chunks overlap, so the next one may begin anywhere behind the beginning of the last one.
    const found = text.indexOf(content, before === undefined ? 0 : before.start + 1)
    const start = found >= 0 ? found : (before?.end ?? 0)
    const shared = chunksById.get(id) ?? []
    const chunk: PlannedChunk = {
      id: shared.length === 0 ? id : chunkId(document.id, ordinal, content),
      ordinal,
      content,
      tokens: tokenCount(content),
      start,
      end: Math.min(start + content.length, text.length),
      headings,
      page: null,
      outline: null,
      vector,
      entities: [],
      relations: [],
      error: null,
    }
    chunks.push(chunk)
    chunksById.set(id, [...shared, { document, chunk }])
  }
}

function headingsOf({ text, filePath }: PlannedDocument): string[] {
  const title = documentTitle(text, filePath)
  return title === null ? [] : [title]
}

/** Ids of the chunks of each document, in their order. */
function chunksByDocument({ textChunks, docStatus }: WorkingFolder): Map<string, string[]> {
  const byDocument = new Map<string, Set<string>>()
  const add = (document: string, chunk: string) => {
    byDocument.set(document, (byDocument.get(document) ?? new Set()).add(chunk))
  }
  for (const [id, chunk] of textChunks) {
    const owner = textOf(fieldsOf(chunk).full_doc_id)
    if (owner !== '') add(owner, id)
  }
  // A chunk that several documents hold belongs to the last one only; their lists name it too.
  for (const [id, status] of docStatus) {
    for (const chunk of idsIn(fieldsOf(status).chunks_list)) add(id, chunk)
  }
  const place = (id: string) => Number(fieldsOf(textChunks.get(id)).chunk_order_index ?? 0)
  return new Map(
    [...byDocument].map(([id, chunks]) => [id, [...chunks].sort((a, b) => place(a) - place(b))]),
  )
}

/** Without its chunks; null when nothing of it can be kept. */
function planDocument(
  folder: WorkingFolder,
  id: string,
  chunkIds: readonly string[],
  problems: string[],
): PlannedDocument | null {
  const full = fieldsOf(folder.fullDocs.get(id))
  const known = fieldsOf(folder.docStatus.get(id))
  let text = textOf(full.content)
  if (text === '') {
    const parts = chunkIds.map((one) => textOf(fieldsOf(folder.textChunks.get(one)).content))
    text = parts.join('\n\n')
    if (text.trim() === '') {
      problems.push(`Document ${id} has no text: it is left out.`)
      return null
    }
    problems.push(`Document ${id} has no text: it is put together from its chunks.`)
  }
  const firstChunk = fieldsOf(folder.textChunks.get(chunkIds[0] ?? ''))
  const filePath = [known.file_path, full.file_path, firstChunk.file_path].map(textOf).find(Boolean)
  const createdAt = milliseconds(known.created_at) ?? Date.now()
  return {
    id,
    filePath: filePath ?? 'unknown_source',
    text,
    status: statusOf(textOf(known.status), chunkIds.length > 0),
    error: textOf(known.error_msg) || null,
    trackId: textOf(known.track_id),
    metadata: plainJson(known.metadata),
    createdAt,
    updatedAt: milliseconds(known.updated_at) ?? createdAt,
    chunks: [],
  }
}

/** A document without a record has its chunks because somebody gave it a graph of their own. */
function statusOf(status: string, hasChunks: boolean): PlannedDocument['status'] {
  if (status === 'failed') return 'failed'
  if (status === 'processed' || status === 'preprocessed') return 'processed'
  return status === '' && hasChunks ? 'processed' : 'pending'
}

function milliseconds(value: unknown): number | null {
  const time = typeof value === 'number' ? value * 1000 : Date.parse(textOf(value))
  return Number.isFinite(time) ? time : null
}

function plainJson(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(fieldsOf(value)))
}
