import { expect, it } from 'vitest'
import {
  contentHash,
  contentHashInTurns,
  documentId,
  documentIdInTurns,
} from '../../../src/engine/documents/identifiers.ts'
import { summaryInTurns, summaryOf } from '../../../src/engine/documents/summary-of.ts'
import {
  cleanText,
  cleanTextInTurns,
  hashedText,
  hashedTextInTurns,
} from '../../../src/engine/read/clean-text.ts'
import { piecesOf } from '../../../src/engine/text/text-pieces.ts'

/** Of which long texts are made: with white space to cut at, and without any. */
const PARTS = [
  ['words ', 'of ', 'text\n'],
  ['a line\r\n', '\r', 'b'],
  ['x'],
  ['🦊'],
  ['🦊', 'é', '\ud83e', 'x'],
  ['&amp;', '&lt;'],
  ['a&amp;b', '&notit;', '&', ';'],
  ['\u0000', 'a', '\u200b'],
  ['\r\n'],
  ['漢字'],
]
const LENGTH = 700_000

function made(parts: readonly string[]): string {
  let text = ''
  for (let i = 0; text.length < LENGTH; i++) text += parts[(i * i + (i >> 3)) % parts.length]
  return text
}

it.each(PARTS.map((parts) => [JSON.stringify(parts), made(parts)] as const))(
  'comes to the same piece by piece as at once, for %s',
  async (_parts, text) => {
    expect([...piecesOf(text)].length).toBeGreaterThan(2)
    expect([...piecesOf(text)].join('') === text).toBe(true)
    const clean = cleanText(text)
    expect((await cleanTextInTurns(text)) === clean).toBe(true)
    expect((await hashedTextInTurns(text)) === hashedText(text)).toBe(true)
    expect(await documentIdInTurns(clean)).toBe(documentId(clean))
    expect(await contentHashInTurns(clean)).toBe(contentHash(clean))
    const { contentSummary, contentLength } = await summaryInTurns(clean)
    expect(contentLength).toBe(summaryOf(clean).contentLength)
    expect(contentSummary === summaryOf(clean).contentSummary).toBe(true)
  },
)
