import { expect, it } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../src/engine/ports/settings.ts'
import { questionOf } from '../../../src/engine/retrieve/question.ts'

/** Halves of surrogate pairs, each way they may stand. */
const HALVES = ['\ud83d', '\udc9a', 'what \ud83d is', '\udc9a\ud83d', 'a\udfffb\ud800']

it.each(HALVES)(
  'a question holds no half of a surrogate pair, wherever one was sent: %j',
  (half) => {
    const question = questionOf(
      {
        query: `of ${half}`,
        response_type: half,
        user_prompt: half,
        hl_keywords: [half],
        ll_keywords: [half, 'oars'],
        conversation_history: [{ role: 'user', content: half }],
      },
      DEFAULT_SETTINGS,
    )
    // What is whole is written as it is; a half is escaped.
    expect(JSON.stringify(question)).not.toMatch(/\\ud[89a-f]/)
    expect(question.low).toContain('oars')
  },
)

it('a question keeps pairs that are whole', () => {
  expect(questionOf({ query: 'a green 💚' }, DEFAULT_SETTINGS).query).toBe('a green 💚')
})
