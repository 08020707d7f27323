import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { markedPieces } from '../../../src/web/features/reader/marked-pieces.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })

describe('a part of a text with a passage', () => {
  it('is the text unit by unit, and the marks are the passage exactly', () => {
    fc.assert(
      fc.property(text, fc.nat(100), fc.nat(200), fc.nat(80), (words, from, begin, length) => {
        const range = { start: begin, end: begin + length + 1 }
        const pieces = markedPieces({ from, text: words }, range, begin)
        expect(pieces.map((piece) => piece.text).join('')).toBe(words)
        const marked = pieces.filter(({ isMarked }) => isMarked).map((piece) => piece.text)
        const at = (place: number) => Math.min(words.length, Math.max(0, place - from))
        expect(marked.join('')).toBe(words.slice(at(range.start), at(range.end)))
      }),
    )
  })

  it('begins a piece where reading goes on', () => {
    const pieces = markedPieces({ from: 10, text: 'abcdef' }, { start: 12, end: 14 }, 12)
    expect(pieces.map((piece) => [piece.text, piece.isMarked, piece.isGoal])).toEqual([
      ['ab', false, false],
      ['cd', true, true],
      ['ef', false, false],
    ])
  })
})
