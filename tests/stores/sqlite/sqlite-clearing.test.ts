import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { manyDocuments } from '../many-documents.ts'
import { runChild } from '../run-child.ts'
import { EMBEDDING, LEASE_MS, newDocument, OWNER } from '../samples.ts'
import { openOffline, pathsIn } from '../sound-workspace.ts'

const DOCUMENTS = 3000
/** More than what one transaction forgets. */
const MANY = 500

const turn = () => new Promise((resolve) => setImmediate(resolve))

async function openWithMany() {
  const dir = await mkdtemp(join(tmpdir(), 'sqlite-clearing-'))
  const store = await openSqliteStore({ dir, embedding: EMBEDDING })
  await store.queue.enqueue(manyDocuments(DOCUMENTS), { onConflict: 'keep' })
  const other = new Database(join(dir, 'rag.db'), { readonly: true })
  const count = other.prepare<[], number>('SELECT count(*) FROM documents').pluck()
  const close = async () => {
    other.close()
    await store.close()
  }
  return { store, left: () => count.get() ?? 0, close }
}

it('a clearing forgets some documents at a time, and gives way in between', async () => {
  const { store, left, close } = await openWithMany()
  let cleared = false
  const clearing = store.graph.clear().then(() => {
    cleared = true
  })
  const seen = [left()]
  while (!cleared) {
    await turn()
    seen.push(left())
  }
  await clearing
  const steps = seen.slice(1).map((now, index) => (seen[index] ?? 0) - now)
  console.log(`Clearing: at most ${Math.max(...steps)} documents in one turn`)
  expect(seen.at(0)).toBe(DOCUMENTS)
  expect(seen.at(-1)).toBe(0)
  expect(Math.max(...steps)).toBeLessThan(MANY)
  await close()
})

it('a clearing leaves what is taken in while it goes on, and nothing is claimed before its end', async () => {
  const { store, left, close } = await openWithMany()
  const clearing = store.graph.clear()
  while (left() === DOCUMENTS) await turn()
  // All of it in one turn: the clearing is still under way behind it.
  const late = store.queue.enqueue([newDocument('late')], { onConflict: 'keep' })
  const how = { forgetAnswers: false, deleteFiles: false }
  const promised = store.queue.scheduleDeletion(['late'], how)
  const claimed = store.queue.claim(OWNER, LEASE_MS)
  expect(left()).toBeGreaterThan(1)
  expect(await claimed).toBeNull()
  await Promise.all([late, promised])
  await clearing
  const page = { statuses: null, sortField: 'id', sortDirection: 'asc', offset: 0 } as const
  const { documents } = await store.documents.list({ ...page, limit: 10 })
  expect(documents.map(({ id }) => id)).toEqual(['late'])
  expect(await store.queue.scheduledDeletions()).toEqual(['late'])
  await close()
})

it('a clearing that is killed in the middle is completed at the next start, files and all', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sqlite-clearing-'))
  const paths = pathsIn(root, 'cleared')
  await mkdir(paths.uploadFolder, { recursive: true })
  for (const { storedFile } of manyDocuments(DOCUMENTS)) {
    await writeFile(join(paths.uploadFolder, storedFile ?? ''), 'x')
  }
  await runChild(new URL('./clear-child.ts', import.meta.url), [paths.dir, String(DOCUMENTS)]).ended
  const database = new Database(join(paths.dir, 'rag.db'), { readonly: true })
  const left = database.prepare<[], number>('SELECT count(*) FROM documents').pluck().get()
  database.close()
  expect(left).toBeGreaterThan(0)
  expect(left).toBeLessThan(DOCUMENTS)

  const rag = await openOffline(paths)
  const later = { texts: ['Ada Byron wrote to Charles Babbage.'], file_sources: ['later.txt'] }
  await rag.insertTexts(later)
  await rag.idle()
  expect((await rag.statusCounts()).status_counts).toMatchObject({ all: 1, processed: 1 })
  await rag.close()

  const again = await openOffline(paths)
  const { documents } = await again.listDocuments({})
  expect(documents.map(({ file_path }) => file_path)).toEqual(['later.txt'])
  await again.close()
  console.log(`Killed with ${left} of ${DOCUMENTS} documents left`)
})
