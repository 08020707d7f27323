import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Store } from '../../../src/engine/ports/store.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { EMBEDDING, newChunk, newDocument, publish } from '../samples.ts'

const CHUNKS = 40
const ANNOTATIONS = { externalId: 'ticket-1', tags: [], attributes: {} }

async function withStore(test: (store: Store) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'chunk-rows-'))
  const store = await openSqliteStore({ dir, embedding: EMBEDDING })
  try {
    const chunks = Array.from({ length: CHUNKS }, (_, at) =>
      newChunk(`c${at}`, { ordinal: at, content: `page ${at}` }),
    )
    await publish(
      store,
      newDocument('a', { filePath: 'old.txt', annotations: ANNOTATIONS }),
      chunks,
    )
    await test(store)
  } finally {
    await store.close()
    await rm(dir, { recursive: true, force: true })
  }
}

/** Asks until rows are kept, and for those then kept. */
async function warmRows(store: Store) {
  const keys = [
    ...(
      await store.searches.chunkKeys(Array.from({ length: CHUNKS }, (_, at) => `c${at}`))
    ).values(),
  ]
  for (let i = 0; i < 12; i++) await store.searches.chunks(keys)
  return { keys, read: async () => store.searches.chunks(keys) }
}

describe('chunks that are read again and again', () => {
  it('are counted in the memory of the workspace', async () => {
    await withStore(async (store) => {
      const before = store.bytes()
      const { read } = await warmRows(store)
      expect(store.bytes() - before).toBeGreaterThan(CHUNKS * 100)
      const texts = (await read()).map(({ content }) => content)
      expect(texts).toEqual(Array.from({ length: CHUNKS }, (_, at) => `page ${at}`))
    })
  })

  it('tell the name that their document was given since', async () => {
    await withStore(async (store) => {
      const { read } = await warmRows(store)
      const again = newDocument('b', {
        filePath: 'new.txt',
        contentHash: 'another',
        annotations: ANNOTATIONS,
      })
      const [outcome] = await store.queue.enqueue([again], { onConflict: 'replace' })
      expect(outcome).toMatchObject({ kind: 'queued', replaced: 'a' })
      expect(new Set((await read()).map(({ filePath }) => filePath))).toEqual(new Set(['new.txt']))
    })
  })

  it('are gone when their document is', async () => {
    await withStore(async (store) => {
      const { read } = await warmRows(store)
      await store.graph.clear()
      expect(await read()).toEqual([])
    })
  })
})
