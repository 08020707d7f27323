import { describe, expect, it } from 'vitest'
import { sideBySide, wrap } from '../../src/demo/screen.ts'

describe('two columns', () => {
  it('breaks lines between words', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
  })

  it('cuts a word that is longer than the line', () => {
    expect(wrap('an abcdefgh', 4)).toEqual(['an', 'abcd', 'efgh'])
  })

  it('keeps the line breaks of the text', () => {
    expect(wrap('one\n\ntwo', 20)).toEqual(['one', '', 'two'])
  })

  it('sets texts of different length next to each other', () => {
    expect(sideBySide('left side', 'right', 15)).toEqual(['  left  │ right', '  side  │'])
  })
})
