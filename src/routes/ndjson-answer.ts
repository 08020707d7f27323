import { Readable } from 'node:stream'
import type { QueryEvent, Reference } from '../engine/rag.ts'

/** Says what may be told of a failure. */
type ExplainError = (error: unknown) => { readonly message: string }

export interface NdjsonOptions {
  /** Aborted when nobody reads any more. */
  readonly signal: AbortSignal
  /** Called for a failure that comes when the status has long been sent. */
  readonly explain: ExplainError
}

/**
 * The body of `/query/stream`: a line of references, then one a piece of text, and last a line with
 * `error` if the answer broke off. An answer in one piece is one line.
 *
 * Resolves once the first event is there; until then the events' failure is its own. Destroying the
 * stream ends the events.
 */
export async function ndjsonAnswer(
  events: AsyncIterable<QueryEvent>,
  { signal, explain }: NdjsonOptions,
): Promise<Readable> {
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
  if (!streaming) return Readable.from([line(await wholeAnswer(iterator, references))])
  return new AnswerLines(iterator, references, explain)
}

async function wholeAnswer(
  iterator: AsyncIterator<QueryEvent>,
  references: readonly Reference[] | null,
): Promise<Record<string, unknown>> {
  let response = ''
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    if (next.value.type === 'text') response += next.value.text
  }
  return references === null ? { response } : { response, references }
}

class AnswerLines extends Readable {
  readonly #iterator: AsyncIterator<QueryEvent>
  readonly #explain: ExplainError

  constructor(
    iterator: AsyncIterator<QueryEvent>,
    references: readonly Reference[] | null,
    explain: ExplainError,
  ) {
    super()
    this.#iterator = iterator
    this.#explain = explain
    if (references !== null) this.push(line({ references }))
  }

  override _read(): void {
    this.#nextLine().then(
      (text) => this.push(text),
      (error: unknown) => {
        if (this.destroyed) return
        this.push(line({ error: this.#explain(error).message }))
        this.push(null)
      },
    )
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    end(this.#iterator)
    done(error)
  }

  async #nextLine(): Promise<string | null> {
    while (!this.destroyed) {
      const next = await this.#iterator.next()
      if (next.done === true) break
      if (next.value.type === 'text' && next.value.text !== '') {
        return line({ response: next.value.text })
      }
    }
    return null
  }
}

function line(value: Record<string, unknown>): string {
  return `${JSON.stringify(value)}\n`
}

/** Nobody is left to hear of a failure in here. */
function end(iterator: AsyncIterator<QueryEvent>): void {
  iterator.return?.().then(
    () => {},
    () => {},
  )
}
