import { EngineError } from '../ports/engine-error.ts'
import { type Piece, pieces } from '../text/tokenizer.ts'
import { yieldIfDue } from '../work/turns.ts'

export interface ChunkSize {
  /** In tokens. */
  readonly size: number
  /** Tokens that a chunk shares with the one before it; less than `size`. */
  readonly overlap: number
  /** Most chunks; no bound unless given. */
  readonly maxChunks?: number | undefined
}

export interface TextChunk {
  readonly ordinal: number
  readonly content: string
  /** Of the content. */
  readonly tokens: number
  /** Range of the content in the text, in UTF-16 units. */
  readonly start: number
  readonly end: number
}

/** Pieces counted before the clock is looked at. */
const PIECES_A_LOOK = 200

/**
 * Cuts a text into windows of `size` tokens that overlap by `overlap`, at borders of words.
 *
 * A tail that lies wholly within the overlap makes no chunk of its own. White space around a chunk
 * is left out of it; a text of nothing else has no chunks.
 *
 * @throws {EngineError} `invalid_argument` when there are too many
 */
export async function chunkText(
  text: string,
  { size, overlap, maxChunks = Number.POSITIVE_INFINITY }: ChunkSize,
): Promise<TextChunk[]> {
  const chunks: TextChunk[] = []
  let window: Piece[] = []
  let tokens = 0
  let fresh = false
  let seen = 0
  const emit = () => {
    const chunk = contentOf(text, window, tokens, chunks.length)
    if (chunk) chunks.push(chunk)
    if (chunks.length > maxChunks) throw tooManyChunks(maxChunks)
  }
  for (const piece of pieces(text)) {
    if (++seen % PIECES_A_LOOK === 0) await yieldIfDue()
    if (tokens + piece.tokens > size && fresh) {
      emit()
      window = tailOf(window, overlap)
      tokens = sum(window)
      fresh = false
    }
    window.push(piece)
    tokens += piece.tokens
    fresh = true
  }
  if (fresh) emit()
  return chunks
}

export function tooManyChunks(most: number): EngineError {
  const message = `The text makes more than ${most} chunks. Allow larger chunks, or take it in in parts.`
  return new EngineError('invalid_argument', message)
}

/** The last pieces of a window that fit into `overlap` tokens. */
function tailOf(window: readonly Piece[], overlap: number): Piece[] {
  let left = overlap
  let from = window.length
  while (from > 0) {
    left -= window[from - 1]?.tokens ?? 0
    if (left < 0) break
    from--
  }
  return window.slice(from)
}

function sum(window: readonly Piece[]): number {
  return window.reduce((total, piece) => total + piece.tokens, 0)
}

function contentOf(
  text: string,
  window: readonly Piece[],
  tokens: number,
  ordinal: number,
): TextChunk | null {
  const first = window[0]
  const last = window.at(-1)
  if (!first || !last) return null
  const raw = text.slice(first.start, last.end)
  const content = raw.trim()
  if (content === '') return null
  const start = first.start + raw.indexOf(content)
  return { ordinal, content, tokens, start, end: start + content.length }
}
