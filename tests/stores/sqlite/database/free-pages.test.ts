import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openSqliteStore } from '../../../../src/stores/sqlite/sqlite-store.ts'
import { change, EMBEDDING, newDocument } from '../../samples.ts'

const MB = 1024 * 1024

it('gives what deletions have freed back to the disk, and keeps what is left', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'free-pages-'))
  const store = await openSqliteStore({ dir, embedding: EMBEDDING })
  const size = async () => (await stat(join(dir, 'rag.db'))).size
  const text = (letter: string) => letter.repeat(8 * MB)
  await store.queue.enqueue([newDocument('a', { text: text('a') })], { onConflict: 'keep' })
  await store.queue.enqueue([newDocument('b', { text: text('b') })], { onConflict: 'keep' })
  while ((await size()) < 16 * MB) await sleep(20)
  await store.graph.apply(change({ removes: [{ documentId: 'a', forget: true }] }))
  while ((await size()) > 13 * MB) await sleep(20)
  expect(await store.documents.text('b')).toBe(text('b'))
  await store.close()
  const again = await openSqliteStore({ dir, embedding: EMBEDDING })
  expect(await again.documents.text('b')).toBe(text('b'))
  await again.close()
  await rm(dir, { recursive: true })
})
