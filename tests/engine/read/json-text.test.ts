import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonText, jsonTextOf } from '../../../src/engine/read/json-text.ts'

describe('a text as JSON', () => {
  it('is what JSON.stringify makes of it, whatever stands in it', () => {
    const signs = fc.constantFrom('a', 'Ω', '"', '\\', '\n', '\0', '\x1f', ' ', '\x7f', '\u2028')
    const halves = fc.constantFrom('\ud83d', '\ude00', '😀', 'x')
    const texts = fc.oneof(fc.string({ unit: signs }), fc.string({ unit: halves }), fc.string())
    fc.assert(
      fc.property(texts, (text) => {
        expect(jsonText(text)).toBe(JSON.stringify(text))
        const row = { text }
        for (const _ of ['looked through', 'known']) {
          expect(jsonTextOf(row, text)).toBe(JSON.stringify(text))
        }
      }),
    )
  })
})
