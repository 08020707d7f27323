import { describe, expect, it } from 'vitest'
import { retryAfterMs } from '../../src/models/calls/retry-after.ts'
import { stripThinking } from '../../src/models/calls/strip-thinking.ts'

const NOON = Date.UTC(2026, 0, 2, 12, 0, 0)

describe('Retry-After', () => {
  it.each([
    ['7', 7_000],
    [' 0 ', 0],
    ['1.5', 1_500],
    ['Fri, 02 Jan 2026 12:00:30 GMT', 30_000],
    ['Fri, 02 Jan 2026 11:00:00 GMT', 0],
    ['9999999', 86_400_000],
    ['9'.repeat(400), 86_400_000],
    ['Fri, 31 Dec 2099 23:59:59 GMT', 86_400_000],
    // Time stamps, of half a minute from then and of long ago.
    [String(NOON / 1000 + 30), 30_000],
    [String(NOON + 30_000), 30_000],
    ['1000000001', 0],
    ['soon', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['1e9', undefined],
    ['0x10', undefined],
    ['Fri, 99 Xyz 2026', undefined],
    ['-3', undefined],
    ['', undefined],
    [null, undefined],
  ])('of %o is %o ms', (value, expected) => {
    expect(retryAfterMs(value, NOON)).toBe(expected)
  })
})

describe('reasoning', () => {
  it.each([
    ['<think>a\nb</think>\n\nYes.', 'Yes.'],
    ['\n<thinking>a</thinking>Yes.', 'Yes.'],
    ['some thought</think>Yes.', 'Yes.'],
    ['<think>cut off', ''],
    ['Yes.', 'Yes.'],
    ['  Yes, with space', '  Yes, with space'],
    ['Write <think>so</think>.', 'Write <think>so</think>.'],
  ])('in %j leaves %j', (answer, left) => {
    expect(stripThinking(answer)).toBe(left)
  })
})
