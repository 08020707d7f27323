import { describe, expect, it } from 'vitest'
import { nearWords } from '../../../../src/stores/sqlite/search/near-words.ts'

describe('words that differ by one slip', () => {
  it.each([
    ['brekfast', 'breakfast', 'a letter left out'],
    ['breakffast', 'breakfast', 'a letter doubled'],
    ['braekfast', 'breakfast', 'two letters exchanged'],
    ['breakfust', 'breakfast', 'another letter'],
    ['reakfast', 'breakfast', 'no first letter'],
    ['breakfas', 'breakfast', 'no last letter'],
    ['москвв', 'москва', 'another alphabet'],
    ['soren', 'søren', 'a letter of another language'],
    ['łodz', 'lodz', 'a letter written out'],
    ['lodz', 'łodz', 'a short word with a letter of another language'],
    ['aesir', 'æsir', 'two letters for one'],
  ])('are found for %s: %s', (typed, meant) => {
    expect(nearWords(typed)).toContain(meant)
  })

  it('are as many as a word has places for letters, and each there once', () => {
    const near = nearWords('a'.repeat(16))
    expect(near.length).toBeLessThan(16 * 54)
    expect(new Set(near).size).toBe(near.length)
    expect(near).not.toContain('a'.repeat(16))
  })

  it('are none of a word in two alphabets, or in none', () => {
    expect(nearWords('мосkва')).toEqual([])
    expect(nearWords('東京タワー')).toEqual([])
    expect(nearWords('')).toEqual([])
    expect(nearWords('bake')).not.toContain('cake')
  })
})
