import { EngineError } from '../ports/engine-error.ts'
import type { PageStart } from '../ports/file-reader.ts'
import { goesOn } from '../text/sentence-ranges.ts'
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

/** What of a text tells where it had best be cut, each in order. */
export interface TextBorders {
  readonly headings: readonly Heading[]
  readonly pages: readonly PageStart[]
}

/**
 * Cuts a text by a plan. No chunk reaches over the border of a page, a slide or a sheet unless all of
 * it that is in the chunk fits into one; with the strategy by headings, nor over one of the upper
 * levels, unless its section is tiny.
 *
 * @throws {EngineError} `invalid_argument` when a part that must not be cut is larger than a chunk, or
 *   when there are too many chunks
 */
export async function cutText(
  text: string,
  { headings, pages }: TextBorders,
  plan: ChunkingPlan,
): Promise<TextChunk[]> {
  const byPages = pageBorders(text, pages, headings)
  if (plan.strategy === 'markdown') {
    const bySections = sectionBorders(headings)
    const starts = [...bySections, ...byPages].sort((one, other) => one - other)
    return cutAtBorders(text, starts, plan, new Set(bySections))
  }
  if (plan.separator === null) {
    return byPages.length === 0 ? chunkText(text, plan) : cutAtBorders(text, byPages, plan, NONE)
  }
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

const NONE: ReadonlySet<number> = new Set()

/**
 * What is between two borders is joined with its neighbour while both fit into one chunk; over a firm
 * border only what is tiny.
 */
async function cutAtBorders(
  text: string,
  starts: readonly number[],
  plan: ChunkingPlan,
  firm: ReadonlySet<number>,
): Promise<TextChunk[]> {
  const chunks: TextChunk[] = []
  /** The last one, as long as it may be joined with what comes. */
  let open: TextChunk | null = null
  let isTiny = false
  let isApart = false
  for await (const [index, cut] of cutSpans(text, spansBetween(text, starts), plan)) {
    isApart ||= firm.has(starts[index - 1] ?? 0)
    let [first, ...rest] = cut
    if (!first) continue
    if (open) {
      const mayJoin = isTiny || !isApart
      if (mayJoin && open.tokens + first.tokens <= plan.size) first = joined(text, open, first)
      else chunks.push(open)
    }
    isTiny = rest.length === 0 && first.tokens < plan.size * TINY
    isApart = false
    const whole: TextChunk[] = [first, ...rest]
    open = whole.pop() ?? null
    for (const chunk of whole) chunks.push(chunk)
  }
  const before = chunks.at(-1)
  // Nothing follows, so what it is too small for comes before.
  if (open && isTiny && before && before.tokens + open.tokens <= plan.size) {
    chunks.splice(-1, 1, joined(text, before, open))
  } else if (open) chunks.push(open)
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

/**
 * A page that goes on in the middle of a sentence begins no part of its own; one that begins with a
 * heading does, whatever its first letter.
 */
function pageBorders(
  text: string,
  pages: readonly PageStart[],
  headings: readonly Heading[],
): number[] {
  const titled = new Set(
    headings.filter(({ title, start }) => text.startsWith(title, start)).map(({ start }) => start),
  )
  return pages
    .slice(1)
    .map(({ start }) => start)
    .filter((start) => titled.has(start) || !goesOn(text.slice(start, start + LOOKED_AT)))
}

/** In UTF-16 units. */
const LOOKED_AT = 40

function sectionBorders(headings: readonly Heading[]): number[] {
  return headings
    .filter(({ level, start }) => level <= DEEPEST_BORDER && start > 0)
    .map(({ start }) => start)
}

function* spansBetween(text: string, starts: readonly number[]): Generator<Span, void, void> {
  let start = 0
  for (const end of starts) {
    yield { start, end }
    start = end
  }
  yield { start, end: text.length }
}
