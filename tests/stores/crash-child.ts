/** Publishes one document after the other until it is killed. Arguments: folder, first number. */
import { writeSync } from 'node:fs'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { crashChange, crashDocument } from './crash-documents.ts'
import { EMBEDDING, LEASE_MS, OWNER } from './samples.ts'

const [dir = '', first = '0'] = process.argv.slice(2)
const store = await openSqliteStore({ dir, embedding: EMBEDDING })
await store.queue.recover(OWNER)
for (
  let claimed = await store.queue.claim(OWNER, LEASE_MS);
  claimed !== null;
  claimed = await store.queue.claim(OWNER, LEASE_MS)
) {
  const end = { status: 'failed', errorMsg: 'interrupted' } as const
  await store.queue.endAttempt(claimed.id, claimed.revision, end, OWNER)
}
writeSync(1, 'open\n')
for (let number = Number(first); ; number++) {
  await store.queue.enqueue([crashDocument(number)], { onConflict: 'keep' })
  writeSync(1, `enqueued ${number}\n`)
  const claimed = await store.queue.claim(OWNER, LEASE_MS)
  const { documents } = await store.documents.list({
    statuses: ['processed'],
    sortField: 'created_at',
    sortDirection: 'desc',
    offset: 1,
    limit: 100,
  })
  const old = documents.map((document) => Number(document.id))
  if (await store.graph.apply(crashChange(number, claimed?.revision ?? 0, old))) {
    writeSync(1, `published ${number}\n`)
  }
}
