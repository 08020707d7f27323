import { describe, expect, it } from 'vitest'
import type { Hit } from '../../../src/engine/ports/searches.ts'
import { searchTextsAndRelations } from '../../../src/engine/retrieve/search.ts'
import { offlineEmbedding } from '../../../src/models/offline/offline-models.ts'

/** Hits of these keys, the first best. */
const hits = (...keys: number[]): Hit[] => keys.map((key, at) => ({ key, score: 1 / (at + 2) }))

/** The keys found by these two lists, best first. */
async function found(words: Hit[], relations: Hit[]): Promise<number[]> {
  const none = async () => []
  const parts = {
    searches: {
      matchChunks: async () => words,
      matchRelations: async () => relations,
      nearestChunks: none,
    },
    models: { embedding: offlineEmbedding() },
    settings: { cosineThreshold: 0.2 },
  }
  const vector = Promise.resolve(new Float32Array(384))
  return (await searchTextsAndRelations(parts, 'What?', vector)).map(({ key }) => key)
}

describe('the part of single relations in a search of texts', () => {
  it('decides between passages that words and relations both find', async () => {
    expect((await found(hits(1, 2, 3, 4), hits(2, 1, 4, 3)))[0]).toBe(2)
  })

  it('is next to nothing where relations lead to other passages than the words', async () => {
    expect(await found(hits(1, 2, 3, 4), hits(9, 8, 7, 6))).toEqual([1, 2, 3, 4, 9, 8, 7, 6])
  })

  it('grows with the first passages that both find, not with those behind', async () => {
    const words = hits(...Array.from({ length: 40 }, (_, at) => at + 1))
    const behind = hits(50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 2, 3, 4, 5, 6, 7)
    expect((await found(words, behind)).slice(0, 3)).toEqual([1, 2, 3])
    const first = hits(2, 51, 52, 53, 54, 55, 56, 57, 58, 1)
    expect((await found(words, first)).indexOf(51)).toBeGreaterThan(3)
  })

  it('leaves a search to those that find anything', async () => {
    expect(await found(hits(3, 1), [])).toEqual([3, 1])
    expect(await found([], hits(3, 1))).toEqual([3, 1])
  })
})
