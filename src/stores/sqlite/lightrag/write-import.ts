import { contentHash } from '../../../engine/documents/identifiers.ts'
import { summaryOf } from '../../../engine/documents/summary-of.ts'
import type { Change } from '../../../engine/ports/change.ts'
import { NO_EDIT } from '../../../engine/ports/graph-edit.ts'
import type { Store } from '../../../engine/ports/store.ts'
import { Connection } from '../database/connection.ts'
import { type Embedding, markEmbedding } from '../database/embedding-mark.ts'
import { openDatabase } from '../database/open-database.ts'
import { refuseWithoutRoom } from '../import/refuse-import.ts'
import { openSqliteStore } from '../sqlite-store.ts'
import { keepText } from '../tables/enqueue-documents.ts'
import type { ImportPlan, PlannedDocument } from './import-plan.ts'

/** About what a database takes, by measurement: each row with its fragments, and a text with its chunks. */
const ROW_BYTES = 2048
const CHARACTER_BYTES = 4

/** Entities or relations that become visible in one change. */
const ITEMS_A_CHANGE = 1000
const NOTHING: Change = {
  removes: [],
  publishes: null,
  entities: [],
  relations: [],
  deadEntities: [],
  deadRelations: [],
  edit: NO_EDIT,
}

/**
 * Writes what was planned into a folder without a workspace. Not in one step: whoever calls this
 * lets nobody see the folder before.
 */
export async function writeImport(
  dir: string,
  plan: ImportPlan,
  embedding: Embedding,
  onProgress: (done: number, all: number) => void = () => undefined,
): Promise<void> {
  await refuseWithoutRoom(dir, bytesOf(plan, embedding.dimension))
  within(dir, (connection) => {
    markEmbedding(connection, embedding)
    connection.durably(() => {
      for (const document of plan.documents) insert(connection, document)
    })
  })
  const store = await openSqliteStore({ dir, embedding })
  try {
    await publish(store, plan, onProgress)
  } finally {
    await store.close()
  }
  within(dir, (connection) => {
    connection.durably(() => {
      for (const document of plan.documents) settle(connection, document)
    })
    connection.pragma('wal_checkpoint(TRUNCATE)')
  })
}

function bytesOf({ documents, entities, relations }: ImportPlan, dimension: number): number {
  let rows = entities.length + relations.length
  let characters = 0
  for (const { chunks, text } of documents) {
    rows += chunks.length
    characters += text.length
  }
  const vectorBytes = dimension * Float32Array.BYTES_PER_ELEMENT
  return rows * (ROW_BYTES + vectorBytes) + characters * CHARACTER_BYTES
}

async function publish(
  store: Store,
  plan: ImportPlan,
  onProgress: (done: number, all: number) => void,
): Promise<void> {
  const processed = plan.documents.filter(({ status }) => status === 'processed')
  for (const [done, { id: documentId, chunks, metadata }] of processed.entries()) {
    onProgress(done, processed.length)
    await store.graph.apply({
      ...NOTHING,
      publishes: { documentId, revision: 1, owner: '', chunks, metadata },
    })
  }
  onProgress(processed.length, processed.length)
  const { entities, relations, manualEntities, manualRelations } = plan
  const edit = { ...NO_EDIT, addEntities: manualEntities, addRelations: manualRelations }
  await store.graph.apply({ ...NOTHING, edit })
  for (let at = 0; at < entities.length; at += ITEMS_A_CHANGE) {
    await store.graph.apply({ ...NOTHING, entities: entities.slice(at, at + ITEMS_A_CHANGE) })
  }
  for (let at = 0; at < relations.length; at += ITEMS_A_CHANGE) {
    await store.graph.apply({ ...NOTHING, relations: relations.slice(at, at + ITEMS_A_CHANGE) })
  }
}

/** A processed one stands as `processing` until its chunks are published. */
function insert(connection: Connection, document: PlannedDocument): void {
  const { contentSummary, contentLength } = summaryOf(document.text)
  const seq = connection.insert(
    `INSERT INTO documents (id, file_path, status, content_summary, content_length, content_hash,
       created_at, updated_at, track_id, error_msg, metadata, attempts, revision)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 1)`,
    document.id,
    document.filePath,
    document.status === 'processed' ? 'processing' : document.status,
    contentSummary,
    contentLength,
    contentHash(document.text),
    document.createdAt,
    document.updatedAt,
    document.trackId,
    document.error,
    JSON.stringify(document.metadata),
  )
  keepText(connection, seq, document.text)
}

/** Publishing a document says that it changed now; it did not. */
function settle(connection: Connection, { id, updatedAt }: PlannedDocument): void {
  connection.run('UPDATE documents SET updated_at = ? WHERE id = ?', updatedAt, id)
}

function within(dir: string, work: (connection: Connection) => void): void {
  const connection = new Connection(openDatabase(dir))
  try {
    work(connection)
  } finally {
    connection.close()
  }
}
