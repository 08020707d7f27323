import { expect, it } from 'vitest'
import { innermostObjects } from '../../src/engine/roles/innermost-objects.ts'

const objectsOf = (text: string) => [...innermostObjects(text)]

it('finds each object that holds no other, in prose and without an end', () => {
  expect(objectsOf('So: {"a": [{"b": 1}, {"c": {}}], {"d": 2} and {"e"')).toEqual([
    '{"b": 1}',
    '{}',
    '{"d": 2}',
  ])
})

it('takes braces and quotes within strings for what they are', () => {
  expect(objectsOf('{"a": "}{\\"}"} {"b": "\\\\"} "{" {c}')).toEqual([
    '{"a": "}{\\"}"}',
    '{"b": "\\\\"}',
    '{c}',
  ])
})

it('goes on behind a string that is never closed', () => {
  expect(objectsOf('{"a": 1, "b": \\"{2} {3}')).toEqual(['{2}', '{3}'])
})
