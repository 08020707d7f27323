import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { QueryEvent } from '../../engine/retrieve/query-calls.ts'
import { type AnswerReader, openAnswer } from './answer-reader.ts'

/** Says what may be told of a failure. */
type ExplainError = (error: unknown) => { readonly message: string }

export interface LineOptions {
  /** Aborted when nobody reads any more. */
  readonly signal: AbortSignal
  /** Called for a failure that comes when the status has long been sent. */
  readonly explain: ExplainError
  /**
   * Milliseconds of silence after which the headers are sent, and then lines that say nothing, so
   * that neither client nor proxy gives up; 0 = never.
   */
  readonly quietMs: number
}

/**
 * Pieces after which the event loop turns. Where all come at once it would not turn by itself, and that
 * the client has left is heard of in a turn: Node 24 goes on taking what is written to a closed socket.
 */
const MOST_IN_A_TURN = 64

export type Line = Readonly<Record<string, unknown>>

/** How the pieces of an answer become lines of JSON. */
export interface LineFormat {
  /** The lines before the first piece. */
  head(answer: AnswerReader): Promise<readonly Line[]>
  piece(text: string): Line
  /** After the last piece. */
  tail(answer: AnswerReader): readonly Line[]
  /** In place of the rest, when the answer broke off. */
  failed(message: string): readonly Line[]
  /** What may be sent at any time and says nothing; `begun` once the head was sent. */
  silence(begun: boolean): Line | null
}

interface Begun {
  readonly answer: AnswerReader
  readonly head: readonly Line[]
}

/**
 * An answer as lines of JSON.
 *
 * Resolves once its head is there, or silence has lasted too long: whatever fails until then is a
 * failure of this call, with a status of its own. What fails later is told in a line.
 */
export async function answerLines(
  format: LineFormat,
  events: AsyncIterable<QueryEvent>,
  options: LineOptions,
): Promise<Readable> {
  const beginning = begin(format, events, options.signal)
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<'silence'>((resolve) => {
    if (options.quietMs > 0) timer = setTimeout(resolve, options.quietMs, 'silence')
  })
  const first = await Promise.race([beginning, silence]).finally(() => clearTimeout(timer))
  return new LineStream(beginning, format, options, first === 'silence')
}

async function begin(
  format: LineFormat,
  events: AsyncIterable<QueryEvent>,
  signal: AbortSignal,
): Promise<Begun> {
  const answer = await openAnswer(events, signal)
  return { answer, head: await format.head(answer) }
}

/** Lines of JSON, one a piece of the answer. Destroying the stream ends the answer. */
class LineStream extends Readable {
  readonly #beginning: Promise<Begun>
  readonly #format: LineFormat
  readonly #explain: ExplainError
  readonly #timer: NodeJS.Timeout | undefined
  #answer: AnswerReader | null = null
  /** Whether the next lines are being waited for. */
  #isWaiting = false
  #wasSilent = true
  #pieces = 0

  /** @param isLate whether a sign of life is due */
  constructor(
    beginning: Promise<Begun>,
    format: LineFormat,
    { explain, quietMs }: LineOptions,
    isLate: boolean,
  ) {
    super()
    this.#beginning = beginning
    this.#format = format
    this.#explain = explain
    // A reader that destroys the stream before it was read hears of no failure any more.
    beginning.catch(() => {})
    if (quietMs > 0) this.#timer = setInterval(() => this.#breakSilence(), quietMs).unref()
    if (isLate) this.#pushSilence()
  }

  override _read(): void {
    // A line that says nothing makes room for another call of this while the last one still waits.
    if (this.#isWaiting) return
    this.#isWaiting = true
    this.#next().then(
      (lines) => {
        this.#isWaiting = false
        if (lines === null) this.#finish(this.#answer ? this.#format.tail(this.#answer) : [])
        else if (lines.length > 0) this.#say(lines)
        else this._read()
      },
      (error: unknown) => {
        if (!this.destroyed) this.#finish(this.#format.failed(this.#explain(error).message))
      },
    )
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.#timer)
    this.#beginning.then(
      ({ answer }) => answer.end(),
      () => {},
    )
    done(error)
  }

  async #next(): Promise<readonly Line[] | null> {
    if (this.#answer === null) {
      const { answer, head } = await this.#beginning
      this.#answer = answer
      return head
    }
    if (++this.#pieces % MOST_IN_A_TURN === 0) await setImmediate()
    const text = await this.#answer.nextText()
    return text === null ? null : [this.#format.piece(text)]
  }

  #say(lines: readonly Line[]): void {
    this.#wasSilent = false
    this.push(asText(lines))
  }

  #breakSilence(): void {
    const isQuiet = this.#wasSilent && this.#isWaiting && this.readableLength === 0
    this.#wasSilent = true
    if (isQuiet && !this.destroyed) this.#pushSilence()
  }

  #pushSilence(): void {
    const line = this.#format.silence(this.#answer !== null)
    this.push(line === null ? '\n' : asText([line]))
  }

  #finish(lines: readonly Line[]): void {
    clearInterval(this.#timer)
    if (lines.length > 0) this.push(asText(lines))
    this.push(null)
  }
}

function asText(lines: readonly Line[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}
