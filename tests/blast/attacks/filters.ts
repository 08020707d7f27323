import type { Attack, AttackKind } from '../attack.ts'
import { TextMaker } from '../made-text.ts'

const MOST = 5000
/** Fields that a condition on metadata may have. */
const MOST_FIELDS = 64

const filtering = (name: string, make: (maker: TextMaker) => object): Attack => ({
  name,
  by: 'tenant',
  ready: async (caller) => {
    const maker = new TextMaker(11)
    const texts = Array.from({ length: 60 }, () => maker.text(20))
    await caller.land('/documents/texts', {
      texts,
      file_sources: texts.map((_, i) => `filtered-${i}.txt`),
      metadata: texts.map((_, year) => ({ year, place: { name: 'a', rooms: [1, 2, 3] } })),
      tags: texts.map((_, i) => ['all', `tag-${i}`]),
    })
    return async (turn) => {
      const query = `Who bought the Glass Works ${turn}?`
      await caller.post('/query/data', { query, mode: 'mix', filters: make(maker) })
    }
  },
})

const words = (maker: TextMaker, count: number) =>
  Array.from({ length: count }, () => maker.random.letters(8))

const nested = (depth: number): object => (depth === 0 ? { a: 1 } : { a: nested(depth - 1) })

/** Conditions as many, as long and as deep as they come. */
export const filters: AttackKind = {
  kind: 'filters',
  attacks: [
    filtering('ids-by-the-thousand', (maker) => ({ document_ids: words(maker, MOST) })),
    filtering('lists-of-every-kind', (maker) => ({
      external_ids: words(maker, 3000),
      file_paths: ['filtered-1.txt', ...words(maker, 3000)],
      tags: ['all', ...words(maker, 3000)],
    })),
    filtering('fields-by-the-dozen', (maker) => ({
      metadata: Object.fromEntries(
        words(maker, MOST_FIELDS).map((word) => [word, words(maker, 12)]),
      ),
    })),
    filtering('long-list-for-a-field', (maker) => ({
      metadata: { year: Array.from({ length: MOST }, () => maker.random.below(100_000)) },
    })),
    filtering('conditions-in-conditions', () => ({ metadata: { place: nested(60) } })),
    filtering('names-of-fields-that-are-paths', (maker) => ({
      metadata: Object.fromEntries(
        words(maker, MOST_FIELDS).map((word) => [`$.${word}[*]."'%_\\`.repeat(5), word]),
      ),
    })),
  ],
}
