/** Clears many documents, and is killed when some of them are forgotten. Arguments: folder, their number. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { manyDocuments } from '../many-documents.ts'
import { OFFLINE } from '../sound-workspace.ts'

const [dir = '', count = '0'] = process.argv.slice(2)
const { id, dimension } = OFFLINE.embedding
const store = await openSqliteStore({ dir, embedding: { id, dimension } })
await store.queue.enqueue(manyDocuments(Number(count)), { onConflict: 'keep' })
await store.queue.scheduleClearing()
const left = new Database(join(dir, 'rag.db'), { readonly: true })
  .prepare<[], number>('SELECT count(*) FROM documents')
  .pluck()
void store.graph.clear()
while ((left.get() ?? 0) > Number(count) / 2) await new Promise((resolve) => setImmediate(resolve))
process.kill(process.pid, 'SIGKILL')
