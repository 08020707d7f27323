import { Readable } from 'node:stream'
import type { QueryEvent, Reference } from '../engine/retrieve/query-calls.ts'

/** Says what may be told of a failure. */
type ExplainError = (error: unknown) => { readonly message: string }

export interface LineOptions {
  /** Aborted when nobody reads any more. */
  readonly signal: AbortSignal
  /** Called for a failure that comes when the status has long been sent. */
  readonly explain: ExplainError
}

type Line = Readonly<Record<string, unknown>>

/** How the pieces of an answer become lines of JSON. */
export interface LineFormat {
  /** Before the first piece. */
  readonly head: readonly Line[]
  piece(text: string): Line
  /** After the last piece. */
  tail(): readonly Line[]
  /** In place of the rest, when the answer broke off. */
  failed(message: string): readonly Line[]
}

/** An answer of which only the texts are still to come. */
export interface OpenAnswer {
  readonly iterator: AsyncIterator<QueryEvent>
  readonly references: readonly Reference[] | null
  readonly streaming: boolean
}

/** Resolves once the first event is there; until then the events' failure is its own. */
export async function openAnswer(
  events: AsyncIterable<QueryEvent>,
  signal: AbortSignal,
): Promise<OpenAnswer> {
  const iterator = events[Symbol.asyncIterator]()
  // Not left to the stream: it may never be read, and a pending `next` would hold up its end.
  if (signal.aborted) end(iterator)
  signal.throwIfAborted()
  signal.addEventListener('abort', () => end(iterator), { once: true })
  const first = await iterator.next()
  if (first.done === true || first.value.type !== 'start') {
    throw new TypeError('an answer starts with a start event')
  }
  const { references, streaming } = first.value
  return { iterator, references, streaming }
}

/** The next text that says something; null at the end. */
export async function nextText(iterator: AsyncIterator<QueryEvent>): Promise<string | null> {
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    if (next.value.type === 'text' && next.value.text !== '') return next.value.text
  }
  return null
}

/** Lines of JSON, one a piece of the answer. Destroying the stream ends the answer. */
export class LineStream extends Readable {
  readonly #iterator: AsyncIterator<QueryEvent>
  readonly #format: LineFormat
  readonly #explain: ExplainError

  constructor(iterator: AsyncIterator<QueryEvent>, format: LineFormat, explain: ExplainError) {
    super()
    this.#iterator = iterator
    this.#format = format
    this.#explain = explain
    if (format.head.length > 0) this.push(asText(format.head))
  }

  override _read(): void {
    nextText(this.#iterator).then(
      (text) => {
        if (text === null) this.#finish(this.#format.tail())
        else this.push(asText([this.#format.piece(text)]))
      },
      (error: unknown) => {
        if (!this.destroyed) this.#finish(this.#format.failed(this.#explain(error).message))
      },
    )
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    end(this.#iterator)
    done(error)
  }

  #finish(lines: readonly Line[]): void {
    if (lines.length > 0) this.push(asText(lines))
    this.push(null)
  }
}

export function asText(lines: readonly Line[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** Nobody is left to hear of a failure in here. */
function end(iterator: AsyncIterator<QueryEvent>): void {
  iterator.return?.().then(
    () => {},
    () => {},
  )
}
