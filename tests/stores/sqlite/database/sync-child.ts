/** Enqueues one document, and says when it begins and when it has its answer. */
import { writeSync } from 'node:fs'
import { openSqliteStore } from '../../../../src/stores/sqlite/sqlite-store.ts'
import { EMBEDDING, newDocument } from '../../samples.ts'

const [dir = ''] = process.argv.slice(2)
const store = await openSqliteStore({ dir, embedding: EMBEDDING })
writeSync(1, 'asked\n')
await store.queue.enqueue([newDocument('a')], { onConflict: 'keep' })
writeSync(1, 'answered\n')
await store.close()
