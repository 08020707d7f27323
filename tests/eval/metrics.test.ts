import { describe, expect, it } from 'vitest'
import { judge, percentile } from './metrics.ts'

const ranked = ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7', 'd8', 'd9', 'd10', 'd11']

describe('the quality of rankings', () => {
  it('counts how many relevant documents are among the first k', () => {
    const quality = judge([{ relevant: ['d2', 'd5', 'd9', 'd11'], ranked }])
    expect(quality).toMatchObject({ recall2: 0.25, recall5: 0.5, recall10: 0.75 })
    expect(quality).toMatchObject({ all5: 0, all8: 0, all10: 0, mrr10: 0.5, hit10: 1 })
  })

  it('asks for every relevant document in all@k', () => {
    expect(judge([{ relevant: ['d1', 'd5'], ranked }])).toMatchObject({ all5: 1, all8: 1 })
    expect(judge([{ relevant: ['d1', 'd6'], ranked }])).toMatchObject({ all5: 0, all8: 1 })
    expect(judge([{ relevant: ['d1', 'd9'], ranked }])).toMatchObject({ all8: 0, all10: 1 })
  })

  it('ignores what stands below rank ten', () => {
    expect(judge([{ relevant: ['d11'], ranked }])).toMatchObject({ mrr10: 0, hit10: 0 })
  })

  it('averages over queries', () => {
    const rankings = [
      { relevant: ['d1'], ranked },
      { relevant: ['none'], ranked },
    ]
    expect(judge(rankings)).toMatchObject({ recall2: 0.5, mrr10: 0.5, hit10: 0.5 })
  })
})

describe('a percentile', () => {
  it('is a value that was measured', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i)
    expect([percentile(values, 0.5), percentile(values, 0.95)]).toEqual([51, 96])
    expect(percentile([7], 0.95)).toBe(7)
  })
})
