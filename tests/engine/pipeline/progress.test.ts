import { afterEach, describe, expect, it } from 'vitest'
import type { Extractor } from '../../../src/engine/ports/models.ts'
import { openEngine, type TestEngine } from '../open-engine.ts'

let engine: TestEngine
afterEach(() => engine.close())

const BY_LINE = {
  strategy: 'fixed_token',
  params: { split_by_character: '\n', split_by_character_only: true },
} as const

/** Answers for lines with "quick" in them; for others when it is let. */
function slowExtractor() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const extractor: Extractor = {
    id: 'slow',
    extract: async ({ text }) => {
      if (!text.includes('quick')) await opened
      return { entities: [], relations: [] }
    },
  }
  return { extractor, open }
}

async function progressOf(name: string) {
  const { documents } = await engine.rag.listDocuments({})
  return documents.find(({ file_path }) => file_path === name)?.progress
}

describe('the progress of a document', () => {
  it('tells the step, how many chunks of it are done, and the place in the queue', async () => {
    const { extractor, open } = slowExtractor()
    engine = await openEngine({ extractor }, { maxParallelInsert: 1 })
    const { track_id } = await engine.rag.insertTexts({
      texts: ['quick one.\nquick two.\nslow three.', 'second.', 'third.'],
      file_sources: ['a', 'b', 'c'],
      chunking: BY_LINE,
    })
    await expect
      .poll(() => progressOf('a'))
      .toEqual({
        step: 'extract',
        done: 2,
        total: 3,
        attempts: 1,
        next_retry_at: null,
        queue_position: null,
        tokens: expect.any(Number),
      })
    expect((await progressOf('a'))?.tokens).toBeGreaterThan(5)
    const waiting = { step: null, done: 0, total: null, attempts: 0, queue_position: 0 }
    expect(await progressOf('b')).toMatchObject(waiting)
    expect(await progressOf('c')).toMatchObject({ ...waiting, queue_position: 1 })
    // The same wherever documents are shown.
    const { documents } = await engine.rag.trackStatus(track_id)
    expect(documents.find(({ file_path }) => file_path === 'c')?.progress).toMatchObject({
      queue_position: 1,
    })
    const { statuses } = await engine.rag.documentsByStatus()
    expect(statuses.processing?.[0]?.progress).toMatchObject({ done: 2, total: 3 })
    const [, , third] = documents
    const changed = await engine.rag.updateDocument(third?.id ?? '', { tags: ['x'] })
    expect(changed.progress).toMatchObject({ queue_position: 1 })
    open()
    await engine.rag.idle()
    for (const name of ['a', 'b', 'c']) expect(await progressOf(name)).toBeNull()
  })
})
