import { describe, expect, it } from 'vitest'
import { chunkId, documentId, newTrackId } from '../../../src/engine/documents/identifiers.ts'
import { summaryOf } from '../../../src/engine/documents/summary-of.ts'
import { cleanText, hashedText } from '../../../src/engine/read/clean-text.ts'

describe('cleanText', () => {
  it('trims and keeps tabs and line breaks', () => {
    expect(cleanText('  one\n\ttwo\r\n ')).toBe('one\n\ttwo')
    expect(cleanText('one\r\ntwo\rthree\n\r\nfour')).toBe('one\ntwo\nthree\n\nfour')
  })

  it('removes control characters, lone surrogates and noncharacters', () => {
    expect(cleanText('a\u0000b\u0007c\u009fd\ud800e\udc00f\ufffeg')).toBe('abcdefg')
    expect(cleanText('kept 😀')).toBe('kept 😀')
  })

  it('keeps what looks like an entity of HTML, and hashes what it would stand for', () => {
    expect(cleanText('send(&param, &region) &lt;br&gt;')).toBe('send(&param, &region) &lt;br&gt;')
    expect(hashedText(' a &amp; b&#7; ')).toBe('a & b')
    expect(hashedText('a\r\nb')).toBe('a\r\nb')
  })
})

describe('identifiers', () => {
  it('give the same text the same document id', () => {
    expect(documentId('hello')).toBe('doc-5d41402abc4b2a76b9719d911017c592')
  })

  it('scope chunks by document and place', () => {
    expect(chunkId('doc-a', 0, 'text')).not.toBe(chunkId('doc-b', 0, 'text'))
    expect(chunkId('doc-a', 0, 'text')).not.toBe(chunkId('doc-a', 1, 'text'))
    // Without a separator these two lists of parts would be one string.
    expect(chunkId('doc-a', 1, '2x')).not.toBe(chunkId('doc-a', 12, 'x'))
  })

  it('name a track by its kind and local time', () => {
    const at = new Date(2026, 0, 2, 3, 4, 5)
    expect(newTrackId('upload', at)).toMatch(/^upload_20260102_030405_[0-9a-f]{8}$/)
  })
})

describe('summaryOf', () => {
  it('shows a short text whole', () => {
    expect(summaryOf('short')).toEqual({ contentSummary: 'short', contentLength: 5 })
  })

  it('cuts at 250 code points and counts code points', () => {
    const { contentSummary, contentLength } = summaryOf('😀'.repeat(300))
    expect([...contentSummary]).toHaveLength(253)
    expect(contentSummary.endsWith('😀...')).toBe(true)
    expect(contentLength).toBe(300)
  })
})
