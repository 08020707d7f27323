import { describe, expect, it } from 'vitest'
import { retryAfterMs } from '../../../src/models/calls/retry-after.ts'
import { stripThinking } from '../../../src/models/calls/strip-thinking.ts'

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

describe('a closing tag of reasoning', () => {
  it.each([
    'R1 ends its reasoning with </think> and answers then.',
    'R1 ends its reasoning with `</think>`.\nThen it answers.',
    'R1 ends its reasoning with "</think>".\n\nThen it answers.',
    'entity<|#|>R1<|#|>model<|#|>It writes </think> before it answers.\n<|COMPLETE|>',
    'entity<|#|>R1<|#|>model<|#|>It ends its thoughts with </think>\n\nentity<|#|>B<|#|>b<|#|>c',
    'entity<|#|>A<|#|>b<|#|>c\n</think>\nentity<|#|>B<|#|>b<|#|>c\n<|COMPLETE|>',
    'entity<|#|></think><|#|>tag<|#|>A tag.',
    '{"entities": [{"name": "</think>", "type": "tag", "description": "A tag."}]}',
    '```json\n{"entities": [{"name": "a", "description": "b\\n</think>c"}]}\n```',
    '{"high_level_keywords": ["</think>"], "low_level_keywords": []}',
  ])('within an answer takes nothing away: %j', (answer) => {
    expect(stripThinking(answer)).toBe(answer)
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
    // The opening tag is in the prompt of some models, and so not in the answer.
    ['I count.\nThree.\n</think>\n\nThree.', 'Three.'],
    ['I count to three.</think>\n\nThree.', 'Three.'],
    ['</think>\nThree.', 'Three.'],
    ['It is a list</think>entity<|#|>A<|#|>b<|#|>c', 'entity<|#|>A<|#|>b<|#|>c'],
    ['It is a list\n</think>\n{"entities": []}', '{"entities": []}'],
    ['<think>a</think>It ends with </think>, then', 'It ends with </think>, then'],
    ['<think>\na\n</think>\n"</think>" is a tag', '"</think>" is a tag'],
    ['<think>a < b && </ c</think>Yes', 'Yes'],
    ['<THINK>a</THINK>Yes', 'Yes'],
  ])('in %j leaves %j', (answer, left) => {
    expect(stripThinking(answer)).toBe(left)
  })
})
