import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AnswerEvent,
  answerEvents,
  textPieces,
} from '../../../src/web/features/ask/answer-stream.ts'

async function eventsOf(pieces: readonly string[]): Promise<AnswerEvent[]> {
  const stream = async function* () {
    yield* pieces
  }
  const found: AnswerEvent[] = []
  for await (const event of answerEvents(stream())) found.push(event)
  return found
}

const LINES = [
  JSON.stringify({ references: [{ reference_id: '1', file_path: 'a.md', citations: [] }] }),
  '',
  JSON.stringify({ response: 'Grüße, 世界 \u{1F600}\n' }),
  JSON.stringify({ response: '' }),
  JSON.stringify({ response: 'second' }),
  JSON.stringify({ finish_reason: 'length' }),
].join('\n')

describe('the lines of an answer', () => {
  it('are the same however they are cut on their way', async () => {
    const whole = await eventsOf([`${LINES}\n`])
    expect(whole.map(({ type }) => type)).toEqual(['references', 'text', 'text', 'cut'])
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: LINES.length }), { maxLength: 20 }),
        async (at) => {
          const cuts = [0, ...at.sort((one, other) => one - other), LINES.length]
          const pieces = cuts.slice(1).map((end, i) => LINES.slice(cuts[i], end))
          expect(await eventsOf(pieces)).toEqual(whole)
        },
      ),
    )
  })

  it('tell what broke an answer off, as a text or with a code', async () => {
    expect(await eventsOf(['{"error":"gone"}\n'])).toEqual([{ type: 'failed', message: 'gone' }])
    expect(await eventsOf(['{"error":{"code":"x","message":"gone"}}'])).toEqual([
      { type: 'failed', message: 'gone' },
    ])
  })

  it('that are none are passed over', async () => {
    expect(await eventsOf(['{"respo', '\n[]\nnull\n"x"\n{"response":1}\n'])).toEqual([])
  })
})

describe('the text of a body', () => {
  it('is whole when a character is cut in two', async () => {
    const bytes = new TextEncoder().encode('a\u{1F600}世b')
    for (let size = 1; size <= bytes.length; size++) {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < bytes.length; at += size)
            controller.enqueue(bytes.slice(at, at + size))
          controller.close()
        },
      })
      let text = ''
      for await (const piece of textPieces(body)) text += piece
      expect(text).toBe('a\u{1F600}世b')
    }
  })
})
