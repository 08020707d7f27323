import { describe, expect, it } from 'vitest'
import type { QueryMode } from '../../../src/engine/retrieve/query-calls.ts'
import { isErrand, readChatQuery } from '../../../src/routes/ollama/ollama-query.ts'

/** Message, question, mode, context only, wishes. */
const MESSAGES: [string, string, QueryMode, boolean, string | null][] = [
  ['hi there', 'hi there', 'mix', false, null],
  ['/local hi', 'hi', 'local', false, null],
  ['/global hi', 'hi', 'global', false, null],
  ['/naive hi', 'hi', 'naive', false, null],
  ['/hybrid   hi', 'hi', 'hybrid', false, null],
  ['/mix hi\nmore', 'hi\nmore', 'mix', false, null],
  ['/bypass hi', 'hi', 'bypass', false, null],
  ['/context hi', 'hi', 'mix', true, null],
  ['/localcontext hi', 'hi', 'local', true, null],
  ['/globalcontext hi', 'hi', 'global', true, null],
  ['/hybridcontext hi', 'hi', 'hybrid', true, null],
  ['/naivecontext hi', 'hi', 'naive', true, null],
  ['/mixcontext hi', 'hi', 'mix', true, null],
  ['/bypasscontext hi', '/bypasscontext hi', 'mix', false, null],
  ['/local[be short] hi', 'hi', 'local', false, 'be short'],
  ['/context[be short] hi', 'hi', 'mix', true, 'be short'],
  ['/bypass[be short] hi', 'hi', 'bypass', false, 'be short'],
  ['/[p] hi', '/ hi', 'mix', false, 'p'],
  ['/mix[p] hi\nmore', 'hi', 'mix', false, 'p'],
  ['/mix[p]', '/mix', 'mix', false, 'p'],
  ['/mix[] hi', 'hi', 'mix', false, ''],
  ['/fast[p] hi', '/fast[p] hi', 'mix', false, null],
  ['/contextual x', 'ual x', 'mix', true, null],
  ['/local\nhi', '/local\nhi', 'mix', false, null],
  ['/locality', '/locality', 'mix', false, null],
  [' /mix hi', ' /mix hi', 'mix', false, null],
  ['/LOCAL hi', '/LOCAL hi', 'mix', false, null],
  ['/local ', '', 'local', false, null],
]

describe('readChatQuery', () => {
  it.each(MESSAGES)('reads %j as %j in mode %s', (message, query, mode, contextOnly, wishes) => {
    expect(readChatQuery(message)).toEqual({ query, mode, contextOnly, userPrompt: wishes })
  })

  it('takes a long run of brackets and spaces in its stride', () => {
    const long = `/mix[${'['.repeat(200_000)}`
    expect(readChatQuery(long).query).toBe(long)
    expect(readChatQuery(`/mix ${' '.repeat(200_000)}x`).query).toBe('x')
  })
})

describe('isErrand', () => {
  it('knows the request for a title from a question', () => {
    expect(isErrand('Name this chat.\n<chat_history>\nUSER: hello')).toBe(true)
    expect(isErrand('<chat_history>\nUSER: hello')).toBe(false)
    expect(isErrand('What does <chat_history> mean?')).toBe(false)
  })
})
