import { describe, expect, it } from 'vitest'
import { chunkOutlines, headingsAt, pageWithin } from '../../../src/engine/read/chunk-outline.ts'
import { markdownHeadings } from '../../../src/engine/read/headings.ts'

const TEXT = '# Pump\n\nIntro.\n\n## Oil\n\nFill it.\n\n### Kinds\n\nTwo.\n\n## Water\n\nNone.\n'
const HEADINGS = markdownHeadings(TEXT)

describe('the outline of a chunk', () => {
  it('tells the innermost headings of each place, wherever the chunk begins', () => {
    for (let start = 0; start < TEXT.length; start += 1) {
      const [outline] = chunkOutlines([{ start, end: TEXT.length }], [], HEADINGS, 'Manual')
      for (const [words, path] of [
        ['Intro', ['Manual', 'Pump']],
        ['Fill', ['Manual', 'Pump', 'Oil']],
        ['Two', ['Manual', 'Pump', 'Oil', 'Kinds']],
        ['None', ['Manual', 'Pump', 'Water']],
      ] as const) {
        const at = TEXT.indexOf(words) - start
        if (at >= 0 && outline) expect(headingsAt(outline, at)).toEqual(path)
      }
    }
  })

  it('tells the page of each place, and that of its start where none begins', () => {
    const pages = [
      { page: 1, start: 0 },
      { page: 3, start: 20 },
      { page: 4, start: 50 },
    ]
    const [first, second] = chunkOutlines(
      [
        { start: 5, end: 60 },
        { start: 22, end: 40 },
      ],
      pages,
      [],
      null,
    )
    const at = (place: number) => first && pageWithin(first, 1, place - 5)
    expect([5, 19, 20, 49, 50, 59].map(at)).toEqual([1, 1, 3, 3, 4, 4])
    expect(second).toEqual({ pages: [], headings: [], above: [] })
    expect(second && pageWithin(second, 3, 10)).toBe(3)
    expect(second && pageWithin(second, null, 10)).toBe(null)
  })

  it('names a title once that is a heading too', () => {
    const [outline] = chunkOutlines([{ start: 0, end: TEXT.length }], [], HEADINGS, 'Pump')
    expect(outline && headingsAt(outline, TEXT.indexOf('Fill'))).toEqual(['Pump', 'Oil'])
  })

  it('of chunks that overlap has what begins in either', () => {
    const spans = [
      { start: 0, end: 30 },
      { start: 10, end: TEXT.length },
    ]
    const [one, other] = chunkOutlines(spans, [], HEADINGS, null)
    expect(one?.headings.map(([at, , title]) => [at, title])).toEqual([
      [0, 'Pump'],
      [16, 'Oil'],
    ])
    expect(other?.headings[0]).toEqual([6, 2, 'Oil'])
    expect(other?.above).toEqual([[1, 'Pump']])
  })
})
