import { yieldIfDue } from '../work/turns.ts'

/** In UTF-16 units: what is done with one piece takes a few milliseconds. */
const PIECE_LENGTH = 256 * 1024
/** How far before the end of a piece a good place to cut is looked for. */
const LOOK_BACK = 4096
/** Longer than every name of an HTML entity. */
const LONGEST_REFERENCE = 40
const AMPERSAND = 0x26

/**
 * A text in pieces that can each be cleaned, hashed or counted by themselves: cut behind white space,
 * and where there is none outside of what belongs together, such as a pair of surrogates.
 */
export function* piecesOf(text: string, length = PIECE_LENGTH): Generator<string, void, void> {
  let start = 0
  while (text.length - start > length) {
    const end = placeToCut(text, start, start + length)
    yield text.slice(start, end)
    start = end
  }
  yield text.slice(start)
}

function placeToCut(text: string, start: number, latest: number): number {
  const earliest = Math.max(start + 1, latest - LOOK_BACK)
  for (let end = latest; end > earliest; end--) {
    const before = text.charCodeAt(end - 1)
    if (before === 0x0a || before === 0x20) return end
  }
  for (let end = latest; end > earliest; end--) {
    // Whatever stands before it, a reference begins anew here.
    if (text.charCodeAt(end) === AMPERSAND) return end
    const isPlain = isPrintable(text.charCodeAt(end - 1)) && isPrintable(text.charCodeAt(end))
    if (isPlain && !text.slice(end - LONGEST_REFERENCE, end).includes('&')) return end
  }
  return isPair(text, latest) ? latest + 1 : latest
}

function isPrintable(unit: number): boolean {
  return unit > 0x20 && unit < 0x7f
}

function isPair(text: string, at: number): boolean {
  const [high, low] = [text.charCodeAt(at - 1), text.charCodeAt(at)]
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff
}

/** What `work` makes of a text piece by piece, put together; everybody else has turns in between. */
export async function mapPieces(text: string, work: (piece: string) => string): Promise<string> {
  if (text.length <= PIECE_LENGTH) return work(text)
  const done: string[] = []
  await eachPiece(text, (piece) => done.push(work(piece)))
  return done.join('')
}

export async function eachPiece(text: string, work: (piece: string) => void): Promise<void> {
  for (const piece of piecesOf(text)) {
    await yieldIfDue()
    work(piece)
  }
}
