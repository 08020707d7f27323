import { describe, expect, it } from 'vitest'
import type { Summarizer } from '../../src/engine/ports/models.ts'
import { summarizeDescriptions } from '../../src/engine/roles/summarize-descriptions.ts'

const subject = { kind: 'entity', name: 'Barrow' } as const
const settings = { forceAt: 4, maxTokens: 20, contextTokens: 30, recommendedTokens: 5 }
/** A token is a character here. */
const tokens = (text: string) => text.length

function recording(answer: (texts: readonly string[]) => string) {
  const calls: (readonly string[])[] = []
  const summarizer: Summarizer = {
    id: 'recording',
    summarize: async (_subject, texts, maxTokens) => {
      expect(maxTokens).toBe(5)
      calls.push(texts)
      return answer(texts)
    },
  }
  const summarize = (texts: readonly string[], signal?: AbortSignal) =>
    summarizeDescriptions(summarizer, subject, texts, settings, tokens, {
      lane: 'summary',
      signal,
    })
  return { calls, summarize }
}

describe('descriptions', () => {
  const short = () => recording((texts) => `${texts.length} texts`)

  it('need no summary while they are none, one, or few and short', async () => {
    const { calls, summarize } = short()
    expect(await summarize([])).toBe('')
    expect(await summarize(['x'.repeat(100)])).toBe('x'.repeat(100))
    expect(await summarize(['one', 'two', 'three'])).toBe('one<SEP>two<SEP>three')
    expect(calls).toEqual([])
  })

  it('are summarised once they are many, or long together', async () => {
    const { calls, summarize } = short()
    expect(await summarize(['a', 'b', 'c', 'd'])).toBe('4 texts')
    expect(await summarize(['x'.repeat(10), 'y'.repeat(10)])).toBe('2 texts')
    expect(calls).toHaveLength(2)
  })

  it('too long for one call are summarised in groups, and these again', async () => {
    const { calls, summarize } = short()
    const texts = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => letter.repeat(10))
    expect(await summarize(texts)).toBe('3 texts')
    expect(calls).toEqual([
      texts.slice(0, 3),
      texts.slice(3, 6),
      ['3 texts', '3 texts', 'gggggggggg'],
    ])
  })

  it('each too long for a call are paired all the same', async () => {
    const { calls, summarize } = recording(() => 's'.repeat(40))
    const texts = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(40))
    expect(await summarize(texts)).toBe('s'.repeat(40))
    expect(calls.every((call) => call.length === 2)).toBe(true)
    expect(calls).toHaveLength(4)
  })

  it('are given up between calls when the caller gives up', async () => {
    const controller = new AbortController()
    const { calls, summarize } = recording(() => {
      controller.abort(new Error('enough'))
      return 'one'
    })
    const texts = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(40))
    await expect(summarize(texts, controller.signal)).rejects.toThrow('enough')
    expect(calls).toHaveLength(1)
  })
})
