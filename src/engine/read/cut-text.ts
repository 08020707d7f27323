import { EngineError } from '../ports/engine-error.ts'
import { yieldIfDue } from '../work/turns.ts'
import { chunkText, type TextChunk, tooManyChunks } from './chunk-text.ts'
import type { ChunkingPlan } from './chunking.ts'
import type { Heading } from './headings.ts'

/** A range in a text, in UTF-16 units. */
interface Span {
  readonly start: number
  readonly end: number
}

/** Headings down to this level begin a chunk of their own. */
const DEEPEST_BORDER = 2
/** A section with less than this part of a chunk's size joins the next one. */
const TINY = 1 / 16

/**
 * Cuts a text by a plan.
 *
 * @param headings of the text, in order
 * @throws {EngineError} `invalid_argument` when a part that must not be cut is larger than a chunk, or
 *   when there are too many chunks
 */
export async function cutText(
  text: string,
  headings: readonly Heading[],
  plan: ChunkingPlan,
): Promise<TextChunk[]> {
  if (plan.strategy === 'markdown') return cutSections(text, headings, plan)
  if (plan.separator === null) return chunkText(text, plan)
  const chunks: TextChunk[] = []
  for await (const [part, cut] of cutSpans(text, parts(text, plan.separator), plan)) {
    if (cut.length > 1 && plan.separatorOnly) {
      throw new EngineError(
        'invalid_argument',
        `Part ${part + 1} of the text is longer than chunk_token_size (${plan.size} tokens), and ` +
          'split_by_character_only forbids cutting it. Allow larger chunks, or allow the cut.',
      )
    }
    for (const chunk of cut) chunks.push(chunk)
  }
  return inOrder(chunks)
}

/** No chunk reaches over a heading of the upper levels, unless its section is tiny. */
async function cutSections(
  text: string,
  headings: readonly Heading[],
  plan: ChunkingPlan,
): Promise<TextChunk[]> {
  const chunks: TextChunk[] = []
  let tiny: TextChunk | null = null
  for await (const [, cut] of cutSpans(text, sections(text, headings), plan)) {
    let [first, ...rest] = cut
    if (!first) continue
    if (tiny) {
      if (tiny.tokens + first.tokens <= plan.size) first = joined(text, tiny, first)
      else chunks.push(tiny)
      tiny = null
    }
    if (rest.length === 0 && first.tokens < plan.size * TINY) tiny = first
    else for (const chunk of [first, ...rest]) chunks.push(chunk)
  }
  if (tiny) {
    const last = chunks.at(-1)
    // Nothing follows, so what it is too small for comes before.
    if (last && last.tokens + tiny.tokens <= plan.size)
      chunks.splice(-1, 1, joined(text, last, tiny))
    else chunks.push(tiny)
  }
  return inOrder(chunks)
}

function joined(text: string, a: TextChunk, b: TextChunk): TextChunk {
  const { start } = a
  const { end } = b
  const tokens = a.tokens + b.tokens
  return { ordinal: a.ordinal, content: text.slice(start, end), tokens, start, end }
}

function inOrder(chunks: readonly TextChunk[]): TextChunk[] {
  return chunks.map((chunk, ordinal) => ({ ...chunk, ordinal }))
}

async function* cutSpans(
  text: string,
  spans: Iterable<Span>,
  plan: ChunkingPlan,
): AsyncGenerator<[number, TextChunk[]], void, void> {
  const { maxChunks = Number.POSITIVE_INFINITY } = plan
  let index = 0
  let total = 0
  for (const { start, end } of spans) {
    await yieldIfDue()
    const cut = await chunkText(text.slice(start, end), plan)
    total += cut.length
    if (total > maxChunks) throw tooManyChunks(maxChunks)
    yield [index, cut.map((chunk) => shifted(chunk, start))]
    index++
  }
}

function shifted(chunk: TextChunk, by: number): TextChunk {
  return { ...chunk, start: chunk.start + by, end: chunk.end + by }
}

function* parts(text: string, separator: string): Generator<Span, void, void> {
  let start = 0
  for (;;) {
    const end = text.indexOf(separator, start)
    yield { start, end: end === -1 ? text.length : end }
    if (end === -1) return
    start = end + separator.length
  }
}

function* sections(text: string, headings: readonly Heading[]): Generator<Span, void, void> {
  let start = 0
  for (const heading of headings) {
    if (heading.level > DEEPEST_BORDER || heading.start === 0) continue
    yield { start, end: heading.start }
    start = heading.start
  }
  yield { start, end: text.length }
}
