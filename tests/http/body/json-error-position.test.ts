import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonErrorPosition } from '../../../src/http/body/json-error-position.ts'

describe('jsonErrorPosition', () => {
  it.each([
    ['', 0],
    ['  ', 2],
    ['x', 0],
    [']', 0],
    ['[,]', 1],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['[1, 2', 5],
    ['{"a": x}', 6],
    ['{"a": 1,}', 8],
    ['{"a": 01}', 7],
    ['{"a": 1]', 7],
    ['{a: 1}', 1],
    ['{} {}', 3],
    ['"open', 0],
    ['["\\q"]', 1],
    ['["a\nb"]', 1],
    [`["${'a'.repeat(5_000_000)}" x`, 5_000_004],
    ['['.repeat(100_000), 100_000],
  ])('finds where %j breaks', (text, position) => {
    expect(jsonErrorPosition(text)).toBe(position)
  })

  it('reads everything that is JSON to its end', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(jsonErrorPosition(text)).toBe(text.length)
      }),
    )
  })

  it('stops within a text that was cut or disturbed', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 2 }), (json, where, noise) => {
        const at = where % (json.length + 1)
        const text = json.slice(0, at) + noise + json.slice(at + 1)
        let broken = false
        try {
          JSON.parse(text)
        } catch {
          broken = true
        }
        const position = jsonErrorPosition(text)
        expect(position).toBeLessThanOrEqual(text.length)
        // Whether the text ends too early is not for this function to tell.
        if (!broken) expect(position).toBe(text.length)
      }),
    )
  })
})
