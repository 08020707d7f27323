import type {
  CutReason,
  NoAnswer,
  QueryEvent,
  Reference,
  Statement,
} from '../../engine/retrieve/query-calls.ts'

/** Said in place of an answer without a word. */
export const NO_ANSWER = 'No response generated'

/** An answer of which only the texts are still to come. */
export interface AnswerReader {
  readonly references: readonly Reference[] | null
  /** False when the answer arrives in one piece. */
  readonly streaming: boolean
  /** Documents that the answer could not draw from yet. */
  readonly stillProcessing: number
  /** Why the answer ended before it was whole; known at its end. */
  readonly cut: CutReason | null
  /** Why there is no answer, and what its sentences rest on; known at its end. */
  readonly noAnswer: NoAnswer | null
  readonly statements: readonly Statement[] | null
  /** The next text that says something; null at the end. */
  nextText(): Promise<string | null>
  /** Ends the answer; nobody is left to hear of a failure. */
  end(): void
}

/** Resolves once the first event is there; until then the events' failure is its own. */
export async function openAnswer(
  events: AsyncIterable<QueryEvent>,
  signal: AbortSignal,
): Promise<AnswerReader> {
  const iterator = events[Symbol.asyncIterator]()
  // Not left to the stream: it may never be read, and a pending `next` would hold up its end.
  if (signal.aborted) end(iterator)
  signal.throwIfAborted()
  signal.addEventListener('abort', () => end(iterator), { once: true })
  const first = await iterator.next()
  if (first.done === true || first.value.type !== 'start') {
    throw new TypeError('an answer starts with a start event')
  }
  return new OpenAnswer(iterator, first.value)
}

class OpenAnswer implements AnswerReader {
  readonly references: readonly Reference[] | null
  readonly streaming: boolean
  readonly stillProcessing: number
  readonly #iterator: AsyncIterator<QueryEvent>
  #cut: CutReason | null = null
  #noAnswer: NoAnswer | null = null
  #statements: readonly Statement[] | null = null
  #isBlank = true

  constructor(
    iterator: AsyncIterator<QueryEvent>,
    { references, streaming, stillProcessing = 0 }: QueryEvent & { type: 'start' },
  ) {
    this.#iterator = iterator
    this.references = references
    this.streaming = streaming
    this.stillProcessing = stillProcessing
  }

  get cut(): CutReason | null {
    return this.#cut
  }

  get noAnswer(): NoAnswer | null {
    return this.#noAnswer
  }

  get statements(): readonly Statement[] | null {
    return this.#statements
  }

  async nextText(): Promise<string | null> {
    for (;;) {
      const { value, done } = await this.#iterator.next()
      if (done === true) break
      if (value.type === 'cut') this.#cut = value.reason
      if (value.type === 'end') {
        this.#noAnswer = value.noAnswer
        this.#statements = value.statements
      }
      if (value.type !== 'text' || value.text === '') continue
      if (/\S/.test(value.text)) this.#isBlank = false
      return value.text
    }
    if (!this.#isBlank) return null
    this.#isBlank = false
    return NO_ANSWER
  }

  end(): void {
    end(this.#iterator)
  }
}

function end(iterator: AsyncIterator<QueryEvent>): void {
  iterator.return?.().then(
    () => {},
    () => {},
  )
}
