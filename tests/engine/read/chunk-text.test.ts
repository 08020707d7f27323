import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunkText } from '../../../src/engine/read/chunk-text.ts'
import { tokenCount } from '../../../src/engine/text/tokenizer.ts'

const words = (count: number, word = 'apple') => Array.from({ length: count }, () => word).join(' ')

describe('chunkText', () => {
  it('keeps a short text in one chunk', async () => {
    const [chunk, ...more] = await chunkText('A short text.', { size: 1200, overlap: 100 })
    expect(chunk).toMatchObject({ ordinal: 0, content: 'A short text.', start: 0, end: 13 })
    expect(more).toEqual([])
  })

  it('makes windows that share the overlap with the one before', async () => {
    const text = words(100)
    const chunks = await chunkText(text, { size: 40, overlap: 10 })
    expect(chunks.map((chunk) => chunk.tokens)).toEqual([40, 40, 40])
    expect(chunks[1]?.start).toBeLessThan(chunks[0]?.end ?? 0)
    expect(text.slice(chunks[1]?.start, chunks[0]?.end).split(' ')).toHaveLength(10)
  })

  it('makes no last chunk that only repeats the overlap', async () => {
    const chunks = await chunkText(words(40), { size: 40, overlap: 10 })
    expect(chunks).toHaveLength(1)
  })

  it('has no chunks for white space', async () => {
    expect(await chunkText(' \n\t ', { size: 40, overlap: 10 })).toEqual([])
  })

  it('gives each chunk the range of the text that it holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 800 }), async (text) => {
        for (const chunk of await chunkText(text, { size: 20, overlap: 5 })) {
          expect(text.slice(chunk.start, chunk.end)).toBe(chunk.content)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('leaves out nothing but white space', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 600 }), async (text) => {
        const covered = new Set<number>()
        for (const { start, end } of await chunkText(text, { size: 20, overlap: 5 })) {
          for (let i = start; i < end; i++) covered.add(i)
        }
        for (let i = 0; i < text.length; i++) {
          if (!covered.has(i)) expect(text[i]?.trim()).toBe('')
        }
      }),
      { numRuns: 200 },
    )
  })

  it('cuts a run of letters without spaces, and never inside a surrogate pair', async () => {
    const chunks = await chunkText('😀'.repeat(3000), { size: 100, overlap: 10 })
    expect(chunks.length).toBeGreaterThan(10)
    for (const { content } of chunks) expect(content).not.toMatch(/\p{Surrogate}/u)
  })

  it('takes the spelling of a special token for text', async () => {
    const [chunk] = await chunkText('before <|endoftext|> after', { size: 100, overlap: 10 })
    expect(chunk?.content).toBe('before <|endoftext|> after')
  })
})

describe('tokenCount', () => {
  it('counts as the o200k encoding does', () => {
    expect(tokenCount('')).toBe(0)
    expect(tokenCount('Hello, world!')).toBe(4)
    expect(tokenCount("It's a workspace's own 2026 file.")).toBe(10)
  })

  it('counts a very long run of one letter within a moment', () => {
    expect(tokenCount('a'.repeat(1_000_000))).toBeGreaterThan(100_000)
  })
})
