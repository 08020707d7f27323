/** Takes many documents in, and is killed when half of them are there. Arguments: folder, their number. */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { manyDocuments } from '../many-documents.ts'
import { EMBEDDING } from '../samples.ts'

const [dir = '', count = '0'] = process.argv.slice(2)
const store = await openSqliteStore({ dir, embedding: EMBEDDING })
const there = new Database(join(dir, 'rag.db'), { readonly: true })
  .prepare<[], number>('SELECT count(*) FROM documents')
  .pluck()
void store.queue.enqueue(manyDocuments(Number(count)), { onConflict: 'keep' })
while ((there.get() ?? 0) < Number(count) / 2) await new Promise((resolve) => setImmediate(resolve))
process.kill(process.pid, 'SIGKILL')
