import { describe, expect, it } from 'vitest'
import { unsaidShare } from '../../../../src/engine/retrieve/rank/unsaid-share.ts'

describe('the share of a question that a passage leaves unsaid', () => {
  it('is nothing when the passage has its words, in whatever form', () => {
    expect(unsaidShare('When did the baker deliver rolls?', 'The BAKERS delivered a roll.')).toBe(0)
  })

  it('grows with the words that are missing', () => {
    expect(unsaidShare('Who married the singer of Weir Song?', 'Weir Song is a ballad.')).toBe(0.5)
    expect(unsaidShare('Who married the singer?', '')).toBe(1)
  })

  it('counts neighbouring characters where words have no spaces', () => {
    expect(unsaidShare('東京タワー', '東京タワーは高い')).toBe(0)
    expect(unsaidShare('東京湾', '東京タワー')).toBe(0.5)
  })
})
