import { describe, expect, it } from 'vitest'
import { byteRange, namesTag } from '../../src/http/byte-range.ts'
import { contentDisposition } from '../../src/http/content-disposition.ts'

describe('a part of a file', () => {
  it.each([
    [undefined, null],
    ['', null],
    ['bytes=0-', { first: 0, last: 9 }],
    ['bytes=2-4', { first: 2, last: 4 }],
    ['bytes=2-400', { first: 2, last: 9 }],
    ['bytes=-3', { first: 7, last: 9 }],
    ['bytes=-30', { first: 0, last: 9 }],
    ['bytes=10-', 'none'],
    ['bytes=-0', 'none'],
    ['bytes=4-2', null],
    ['bytes=0-1,3-4', null],
    ['bytes=99999999999999999999-', null],
    ['pages=1-2', null],
  ])('asked for as %s', (header, expected) => {
    expect(byteRange(header, 10)).toEqual(expected)
  })

  it('is none of an empty file', () => {
    expect(byteRange('bytes=0-', 0)).toBe('none')
  })
})

it('a tag is known among several, weak or strong', () => {
  expect(namesTag('"a", W/"b"', '"b"')).toBe(true)
  expect(namesTag('*', '"b"')).toBe(true)
  expect(namesTag('"bb"', '"b"')).toBe(false)
  expect(namesTag(undefined, '"b"')).toBe(false)
})

it('a name breaks out of no header', () => {
  const header = contentDisposition('attachment', 'a"; b\r\n\u0000Ä\ud800.pdf')
  expect(header).toMatch(/^attachment; filename="[ -~]*"; filename\*=UTF-8''[A-Za-z0-9%._~!-]*$/)
  expect(header).toContain('%C3%84')
})
