import type { Extraction } from '../../../engine/ports/models.ts'
import { nameKey } from '../../../engine/text/name-key.ts'
import type { NameSpan } from './capitalised-names.ts'
import { NameLedger } from './name-ledger.ts'
import { nameSpans } from './name-spans.ts'
import type { Mention } from './relate-names.ts'
import { type NameBook, resolveNames } from './resolve-names.ts'
import { type Sentence, sentences } from './sentences.ts'
import { titleEntity } from './title-entity.ts'
import { type Utterance, utterances } from './utterances.ts'

const QUOTED = /["“„«「『《]([^"“”„«»「」『』《》\n]{2,60})["”“»」』》]|``([^`'\n]{2,60})''/gu
const SENTENCE_END = /[.!?。！？,]$/

/**
 * The names of a text as entities, and those that share a sentence as relations. In a conversation
 * who speaks and who is answered share every line.
 *
 * @param heading the title of the document
 * @param pause called now and then, so that a long text does not hold the event loop
 */
export async function readNames(
  text: string,
  heading: string | undefined,
  pause: () => Promise<void>,
): Promise<Extraction> {
  const parts = sentences(text)
  const spans: NameSpan[][] = []
  for (const part of parts) {
    spans.push(nameSpans(text, part))
    await pause()
  }
  const quoted = quotedTitles(text)
  const talk = utterances(text)
  const speakers = talk.map(({ speaker, start, end }) => ({
    name: speaker,
    start,
    end,
    certain: true,
  }))
  const title = titleEntity(heading, text)
  const book = resolveNames({ title, quoted, spans: spans.flat(), speakers })
  const ledger = new NameLedger(book, {
    title,
    quoted: new Set(quoted.map(({ name }) => nameKey(name))),
    speakers: new Set(talk.map(({ speaker }) => nameKey(speaker))),
  })
  const quotes = new Cursor(quoted)
  const lines = new Cursor(talk)
  for (const [at, part] of parts.entries()) {
    const line = lines.at(part.start)
    const named = [...around(talk, line), ...(spans[at] ?? []), ...quotes.within(part)]
    const range = talk[line] ?? part
    ledger.enter(part, mentionsOf(named, book), descriptionOf(text, range))
    await pause()
  }
  return ledger.extraction(descriptionOf(text, { start: 0, end: text.length }))
}

/** In characters. */
const LONGEST_DESCRIPTION = 400

function descriptionOf(text: string, { start, end }: { start: number; end: number }): string {
  return text
    .slice(start, Math.min(end, start + LONGEST_DESCRIPTION))
    .replace(/\s+/g, ' ')
    .trim()
}

/** Who says a line and whom it answers (the first line: who answers it). */
function around(talk: readonly Utterance[], at: number): NameSpan[] {
  const line = talk[at]
  if (!line) return []
  const other = talk[at - 1] ?? talk[at + 1]
  return [line, other].flatMap((one) =>
    one ? [{ name: one.speaker, start: line.start, end: line.start, certain: true }] : [],
  )
}

/** Each name once, in the order of the text. */
function mentionsOf(spans: readonly NameSpan[], book: NameBook): Mention[] {
  const found = new Map<string, Mention>()
  for (const span of spans) {
    const key = book.keyOf(span)
    if (key !== null && !found.has(key)) found.set(key, { key, start: span.start, end: span.end })
  }
  return [...found.values()].sort((a, b) => a.start - b.start)
}

/** Finds ranges by growing positions, in one pass over both. */
class Cursor<T extends { readonly start: number; readonly end: number }> {
  readonly #ranges: readonly T[]
  #next = 0

  constructor(ranges: readonly T[]) {
    this.#ranges = ranges
  }

  /** The index of the range around a position, or -1. */
  at(position: number): number {
    while ((this.#ranges[this.#next]?.end ?? Number.POSITIVE_INFINITY) <= position) this.#next += 1
    const range = this.#ranges[this.#next]
    return range !== undefined && range.start <= position ? this.#next : -1
  }

  /** The ranges that begin within a sentence. */
  within({ start, end }: Sentence): T[] {
    const found: T[] = []
    for (let range = this.#ranges[this.#next]; range; range = this.#ranges[this.#next]) {
      if (range.start >= end) break
      if (range.start >= start) found.push(range)
      this.#next += 1
    }
    return found
  }
}

/** Titles in quotation marks. A quoted sentence is speech, not a title. */
function quotedTitles(text: string): NameSpan[] {
  const found: NameSpan[] = []
  for (const match of text.matchAll(QUOTED)) {
    const name = (match[1] ?? match[2] ?? '').trim()
    const words = name.split(/\s+/).length
    if (name.length < 2 || words > 8 || SENTENCE_END.test(name) || /^\p{Ll}/u.test(name)) continue
    found.push({ name, start: match.index, end: match.index + match[0].length, certain: true })
  }
  return found
}
