import { describe, expect, it } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../../src/engine/ports/settings.ts'
import type { StoredChunk } from '../../../../src/engine/ports/stored-rows.ts'
import { selectContext } from '../../../../src/engine/retrieve/context/select-context.ts'
import { questionOf } from '../../../../src/engine/retrieve/question.ts'

const passage = (key: number): StoredChunk => ({
  key,
  id: `chunk-${key}`,
  documentId: 'note',
  filePath: 'note.txt',
  ordinal: key,
  content: 'A passage.',
  tokens: 88,
  start: 0,
  end: 10,
  headings: [],
  page: null,
  outline: null,
})
const chunks = [passage(1), passage(2), passage(3)]

/** How many of three passages, of 100 tokens each with what is around them, fit beside a frame. */
async function fitting(max_total_tokens: number, frame: string): Promise<number> {
  const question = questionOf({ query: 'What?', max_total_tokens }, DEFAULT_SETTINGS)
  const found = { keywords: { high: [], low: [] }, entities: [], relations: [], chunks }
  const options = { lane: 'query' as const, signal: undefined }
  const answerer = { instant: true }
  const { chunks: kept } = await selectContext(
    found,
    question,
    DEFAULT_SETTINGS,
    { answerer },
    frame,
    options,
  )
  return kept.length
}

describe('the passages of a context', () => {
  it('fit the budget beside the tokens of the frame, not its bytes', async () => {
    // 100 tokens of six bytes; 200 are always left free.
    const frame = ' hello'.repeat(100)
    expect(await fitting(600, frame)).toBe(3)
    expect(await fitting(599, frame)).toBe(2)
    expect(await fitting(300, frame)).toBe(0)
  })

  it('are all there when even the bytes of the frame fit', async () => {
    expect(await fitting(200 + 300 + 600, ' hello'.repeat(100))).toBe(3)
  })
})
