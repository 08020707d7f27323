import type { Attack, AttackKind } from '../attack.ts'
import { TextMaker } from '../made-text.ts'

/** The longest that a question may be. */
const LONGEST = 65_536
const filled = (part: string) => part.repeat(Math.floor(LONGEST / part.length))

/** Each question is another one, so that no cache answers. */
const asking = (name: string, make: (turn: number) => object, path = '/query/data'): Attack => ({
  name,
  by: 'tenant',
  ready: async (caller) => {
    const maker = new TextMaker(8)
    const texts = Array.from({ length: 40 }, () => maker.text(60))
    await caller.land('/documents/texts', {
      texts,
      file_sources: texts.map((_, i) => `base-${i}.txt`),
    })
    return async (turn) => {
      await caller.post(path, make(turn))
    }
  },
})

const long = (name: string, part: string) =>
  asking(name, (turn) => ({ query: `${turn} ${filled(part)}`.slice(0, LONGEST), mode: 'mix' }))

/** Questions as long, as wide and as demanding as they may be. */
export const questions: AttackKind = {
  kind: 'questions',
  attacks: [
    long('question-of-names', 'Ada Boris met Carla Dimitri. '),
    long('question-of-one-word', 'a'),
    long('question-of-blanks', ' '),
    long('question-of-abbreviations', 'A. '),
    long('question-of-quotes', '"a" OR NEAR('),
    long('question-in-chinese', '\u4e2d\u6587'),
    long('question-of-marks', 'e\u0301\u0301'),
    asking('question-of-many-words', (turn) => {
      const maker = new TextMaker(turn)
      const query = Array.from({ length: 9000 }, () => maker.random.letters(6)).join(' ')
      return { query, mode: 'mix' }
    }),
    asking('question-of-20-MB', (turn) => ({
      query: `${turn} ${'Alpha Beta '.repeat(2_000_000)}`,
    })),
    asking('keywords-by-the-million', (turn) => ({
      query: 'what is it',
      ll_keywords: Array.from({ length: 1_000_000 }, (_, i) => `k${turn}${i}`),
    })),
    asking('ids-by-the-million', (turn) => ({
      query: 'what is it',
      filters: { document_ids: Array.from({ length: 1_000_000 }, (_, i) => `d${turn}${i}`) },
    })),
    asking('everything-there-is', (turn) => ({
      query: `Who surveyed the Pump House ${turn}?`,
      mode: 'mix',
      top_k: 1000,
      chunk_top_k: 1000,
      max_entity_tokens: 1_000_000,
      max_relation_tokens: 1_000_000,
      max_total_tokens: 1_000_000,
    })),
    asking('a-hundred-long-keywords', (turn) => {
      const keywords = Array.from({ length: 100 }, (_, i) =>
        `Key${turn} Word${i} `.repeat(60).slice(0, 1024),
      )
      return { query: 'what is it', hl_keywords: keywords, ll_keywords: keywords }
    }),
    asking('a-thousand-turns-before', (turn) => ({
      query: `and how long does it last ${turn}?`,
      conversation_history: Array.from({ length: 1000 }, (_, i) => ({
        role: i % 2 === 0 ? 'user' : 'assistant',
        content: `Ada met Boris in ${i}. `.repeat(8),
      })),
    })),
    asking(
      'prompt-of-a-whole-book',
      (turn) => ({
        query: `Who painted the Tide Mill ${turn}?`,
        user_prompt: filled('Do it. '),
        only_need_prompt: true,
        max_total_tokens: 1_000_000,
      }),
      '/query',
    ),
  ],
}
