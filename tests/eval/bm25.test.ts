import { describe, expect, it } from 'vitest'
import { Bm25, wordsOf } from './bm25.ts'

const DOCUMENTS = [
  { id: 'long', text: `pump ${'filler '.repeat(50)}` },
  { id: 'short', text: 'pump seal' },
  { id: 'other', text: 'the the the' },
]

describe('the BM25 baseline', () => {
  it('prefers the shorter of two documents with the same word', () => {
    expect(new Bm25(DOCUMENTS, { withoutStopWords: false }).search('Pump?', 10)).toEqual([
      'short',
      'long',
    ])
  })

  it('prefers the more frequent word in documents of equal length', () => {
    const index = new Bm25(
      [
        { id: 'once', text: 'seal x' },
        { id: 'twice', text: 'seal seal' },
      ],
      { withoutStopWords: false },
    )
    expect(index.search('seal', 10)).toEqual(['twice', 'once'])
  })

  it('counts a repeated query word once', () => {
    const index = new Bm25(
      [
        { id: 'a', text: 'seal rare' },
        { id: 'b', text: 'seal seal' },
      ],
      { withoutStopWords: false },
    )
    expect(index.search('seal seal seal seal rare', 10)[0]).toBe('a')
  })

  it('ignores stop words when told to', () => {
    expect(new Bm25(DOCUMENTS, { withoutStopWords: false }).search('the', 10)).toEqual(['other'])
    expect(new Bm25(DOCUMENTS, { withoutStopWords: true }).search('the', 10)).toEqual([])
  })

  it('splits at everything but letters and digits', () => {
    expect(wordsOf('Zürich_2026: 20-Meter')).toEqual(['zürich', '2026', '20', 'meter'])
  })
})
