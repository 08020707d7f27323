import type { Readable } from 'node:stream'
import type { QueryEvent } from '../engine/retrieve/query-calls.ts'
import { type LineOptions, LineStream, nextText, openAnswer } from './line-stream.ts'
import { CREATED_AT } from './ollama-models.ts'

/** How an endpoint of Ollama words its answers. */
export interface AnswerFormat<Field extends object, Closing extends object> {
  readonly model: string
  /** Where a text goes: `message` of a chat, `response` of a completion. */
  readonly field: (text: string) => Field
  /** What only the end of an answer has. */
  readonly closing: Closing
  readonly countTokens: (text: string) => number
  /** The question, for its count of tokens. */
  readonly query: string
}

/** How long an answer took, in milliseconds. */
interface Times {
  readonly untilFirst: number
  readonly rest: number
}

/** A whole answer as Ollama's reply. */
export function wholeReply<Field extends object, Closing extends object>(
  format: AnswerFormat<Field, Closing>,
  answer: string,
  elapsed: number,
) {
  return {
    ...identity(format),
    ...format.field(answer),
    done: true,
    done_reason: 'stop',
    ...format.closing,
    ...counters(format, answer, { untilFirst: 0, rest: elapsed }),
  }
}

/**
 * An answer as Ollama's lines, the last with the counters.
 *
 * Resolves once the first piece is there: whatever fails before it still has its own status. What
 * fails later is told in a line of its own.
 */
export async function replyLines(
  format: AnswerFormat<object, object>,
  events: AsyncIterable<QueryEvent>,
  { signal, explain }: LineOptions,
): Promise<Readable> {
  const started = performance.now()
  const { iterator } = await openAnswer(events, signal)
  const first = (await nextText(iterator)) ?? ''
  const firstAt = performance.now()
  let lastAt = firstAt
  let answer = first
  const line = (text: string, done = false) => ({
    ...identity(format),
    ...format.field(text),
    done,
  })
  return new LineStream(
    iterator,
    {
      head: first === '' ? [] : [line(first)],
      piece: (text) => {
        lastAt = performance.now()
        answer += text
        return line(text)
      },
      tail: () => [
        {
          ...line('', true),
          done_reason: 'stop',
          ...format.closing,
          ...counters(format, answer, { untilFirst: firstAt - started, rest: lastAt - firstAt }),
        },
      ],
      failed: (message) => {
        const text = `\n\nError: Provider error: ${message}`
        return [{ ...line(text), error: text }, line('', true)]
      },
    },
    explain,
  )
}

function identity({ model }: { readonly model: string }) {
  return { model, created_at: CREATED_AT }
}

function counters(
  { countTokens, query }: AnswerFormat<object, object>,
  answer: string,
  times: Times,
) {
  const prompt = nanoseconds(times.untilFirst)
  const evaluation = nanoseconds(times.rest)
  return {
    total_duration: prompt + evaluation,
    load_duration: 0,
    prompt_eval_count: countTokens(query),
    prompt_eval_duration: prompt,
    eval_count: countTokens(answer),
    eval_duration: evaluation,
  }
}

/** At least one: clients divide by it. */
function nanoseconds(milliseconds: number): number {
  return Math.max(1, Math.round(milliseconds * 1e6))
}
