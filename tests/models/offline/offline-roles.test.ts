import { describe, expect, it } from 'vitest'
import { offlineModels } from '../../../src/models/offline/offline-models.ts'
import { splitSentences } from '../../../src/models/offline/split-sentences.ts'

const models = offlineModels()
const query = { lane: 'query' } as const
const keywords = (question: string) => models.keywords.find(question, query)

describe('offline keywords', () => {
  it('take names and quoted words as low, the rest as high', async () => {
    expect(await keywords('How does Ines Tollan run the "cold store" at Barrow?')).toEqual({
      low: ['cold store', 'Ines Tollan', 'Barrow'],
      high: ['run'],
    })
  })

  it('take codes and long words as low', async () => {
    expect(await keywords('does model X-200 need photosynthesis or light?')).toEqual({
      low: ['X-200', 'photosynthesis'],
      high: ['model', 'need', 'light'],
    })
  })

  it('fill both lists when the question has one kind of word', async () => {
    expect(await keywords('what is the price of bread')).toEqual({
      low: ['price', 'bread'],
      high: ['price', 'bread'],
    })
  })

  it('find words in text without spaces', async () => {
    const { low } = await keywords('東京タワーはいつ完成したか')
    expect(low).toEqual(['東京タワー', '完成'])
  })

  it('are empty for a question without content', async () => {
    expect(await keywords('what is it?')).toEqual({ low: [], high: [] })
  })
})

describe('offline summaries', () => {
  const summarize = (texts: string[], maxTokens: number) =>
    models.summarizer.summarize({ kind: 'entity', name: 'x' }, texts, maxTokens, query)

  it('keep each description once, in order', async () => {
    expect(await summarize(['One fact.', 'Two facts.', 'One fact.'], 100)).toBe(
      'One fact.\nTwo facts.',
    )
  })

  it('are cut at the end of a sentence', async () => {
    expect(await summarize(['First sentence here. Second sentence here.', 'Third.'], 7)).toBe(
      'First sentence here.',
    )
  })

  it('are never empty', async () => {
    const text = 'A single sentence that is too long for so few tokens.'
    expect(await summarize([text], 3)).toBe('A single')
  })
})

describe('offline embeddings', () => {
  const embed = (...texts: string[]) =>
    models.embedding.embed(texts, { ...query, kind: 'document' })
  const cosine = (a: Float32Array | undefined, b: Float32Array | undefined) =>
    Array.from(a ?? []).reduce((sum, value, place) => sum + value * (b?.[place] ?? 0), 0)

  it('have their dimension and length one, also for text without words', async () => {
    for (const vector of await embed('some words', '', '!!!', '東京')) {
      expect(vector).toHaveLength(models.embedding.dimension)
      expect(cosine(vector, vector)).toBeCloseTo(1, 5)
    }
  })

  it('are nearer for texts that share words and parts of words', async () => {
    const [asked, near, far] = await embed(
      'planting apple trees',
      'an apple tree was planted',
      'the parliament voted on taxes',
    )
    expect(cosine(asked, near)).toBeGreaterThan(0.3)
    expect(cosine(asked, far)).toBeLessThan(0.1)
  })

  it('are always the same', async () => {
    expect(await embed('a text')).toEqual(await embed('a text'))
  })
})

describe('sentences', () => {
  it('end neither at titles and initials nor at wrapped lines', () => {
    const text =
      'Dr. J. Halvard came to\nthe U.S. office at No. 5. He left.\n\n- item one\n- item two'
    expect(splitSentences(text)).toEqual([
      'Dr. J. Halvard came to the U.S. office at No. 5.',
      'He left.',
      '- item one',
      '- item two',
    ])
  })
})
