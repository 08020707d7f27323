import { closeSync, openSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { asStorageError } from '../ports/file-system-errors.ts'

/** A stretch of text that no chunk border may cut: about a word with the space before it. */
export interface Piece {
  /** Range in UTF-16 units. */
  readonly start: number
  readonly end: number
  readonly tokens: number
}

/**
 * Pre-token borders of the o200k encoding (its published pattern, tiktoken): BPE merges never cross
 * them, so the counts of pieces add up to the count of the text.
 */
const SUFFIX = "('s|'S|'t|'T|'re|'rE|'Re|'RE|'ve|'vE|'Ve|'VE|'m|'M|'ll|'lL|'Ll|'LL|'d|'D)?"
const UPPER = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]'
const LOWER = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]'
const PIECE = new RegExp(
  [
    `[^\\r\\n\\p{L}\\p{N}]?${UPPER}*${LOWER}+${SUFFIX}`,
    `[^\\r\\n\\p{L}\\p{N}]?${UPPER}+${LOWER}*${SUFFIX}`,
    '\\p{N}{1,3}',
    ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*',
    '\\s*[\\r\\n]+',
    '\\s+(?!\\S)',
    '\\s+',
  ].join('|'),
  'gu',
)

/** Merging takes quadratic time in the length of one piece; nothing readable is as long as this. */
const LONGEST_PIECE = 128

interface Encoding {
  readonly countTokens: typeof countTokens
}
const require = createRequire(import.meta.url)
/** Looked up at the start: a package that cannot be looked into counts as absent until the process ends. */
const ENCODING = require.resolve('gpt-tokenizer/encoding/o200k_base')
/** Loaded by whoever counts first: its table takes a quarter of a second, for which no start waits. */
let encoding: Encoding | undefined

/** Text that spells a special token is a user's text like any other. */
const PLAIN = { disallowedSpecial: new Set<string>() }

/**
 * Counts of short pieces seen before: a text repeats its words. Pieces of up to 12 characters only,
 * which V8 copies; a longer slice would keep alive the whole text that it was cut from.
 */
const known = new Map<string, number>()
const LONGEST_KNOWN = 12
const MOST_KNOWN = 50_000

function countOf(piece: string): number {
  const counted = known.get(piece)
  if (counted !== undefined) return counted
  encoding ??= loadEncoding()
  const tokens = encoding.countTokens(piece, PLAIN)
  if (piece.length <= LONGEST_KNOWN) {
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(piece, tokens)
  }
  return tokens
}

/** @throws {EngineError} `store_unavailable` while no file can be opened */
function loadEncoding(): Encoding {
  try {
    return require(ENCODING)
  } catch (error) {
    throw asStorageError(openingError() ?? error)
  }
}

/** Node 24 tells of a lack of descriptors as of a package whose configuration is invalid. */
function openingError(): unknown {
  try {
    closeSync(openSync(ENCODING, 'r'))
    return undefined
  } catch (error) {
    return error
  }
}

/** Number of o200k tokens; a little more where a run of over 128 letters had to be cut. */
export function tokenCount(text: string): number {
  let tokens = 0
  if (text.length > LONG_TEXT) {
    for (const { tokens: more } of pieces(text)) tokens += more
    return tokens
  }
  // All matches at once cost a third of one after the other.
  for (const piece of text.match(PIECE) ?? []) {
    tokens += piece.length > LONGEST_PIECE ? countLong(piece) : countOf(piece)
  }
  return tokens
}

/** In UTF-16 units; the matches of a longer text are not held all at once. */
const LONG_TEXT = 50_000

function countLong(run: string): number {
  let tokens = 0
  for (const { start, end } of cuts(run, 0, run.length)) tokens += countOf(run.slice(start, end))
  return tokens
}

/** The pieces of a text from left to right; together they cover all of it. */
export function* pieces(text: string): Generator<Piece> {
  let at = 0
  for (;;) {
    // The expression is shared; whoever ran in between has moved it.
    PIECE.lastIndex = at
    const match = PIECE.exec(text)
    if (match === null) return
    const [piece] = match
    const start = at
    at = PIECE.lastIndex
    if (piece.length <= LONGEST_PIECE) {
      yield { start, end: at, tokens: countOf(piece) }
    } else {
      for (const cut of cuts(text, start, at)) {
        yield { ...cut, tokens: countOf(text.slice(cut.start, cut.end)) }
      }
    }
  }
}

/** A run too long to be merged, in parts that are not. */
function* cuts(text: string, from: number, to: number): Generator<{ start: number; end: number }> {
  for (let start = from; start < to; ) {
    const end = to - start > LONGEST_PIECE ? notInsidePair(text, start + LONGEST_PIECE) : to
    yield { start, end }
    start = end
  }
}

/** Moves a border that would cut a surrogate pair to its end. */
function notInsidePair(text: string, index: number): number {
  const unit = text.charCodeAt(index)
  return unit >= 0xdc00 && unit <= 0xdfff ? index + 1 : index
}
