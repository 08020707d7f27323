import type { CutReason } from '../../engine/retrieve/query-calls.ts'
import type { LineFormat } from '../query/line-stream.ts'
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
  cut: CutReason | undefined,
  elapsed: number,
) {
  return {
    ...identity(format),
    ...format.field(answer),
    done: true,
    done_reason: cut ?? 'stop',
    ...format.closing,
    ...counters(format, answer, { untilFirst: 0, rest: elapsed }),
  }
}

/** The lines of an answer in Ollama's form, the last with the counters. */
export function lineFormat(format: AnswerFormat<object, object>): LineFormat {
  const started = performance.now()
  let firstAt = started
  let lastAt = started
  let said = ''
  const line = (text: string, done = false) => ({
    ...identity(format),
    ...format.field(text),
    done,
  })
  const piece = (text: string) => {
    lastAt = performance.now()
    said += text
    return line(text)
  }
  return {
    // With the first text: whatever fails before it still has its own status.
    head: async (answer) => {
      const first = await answer.nextText()
      firstAt = performance.now()
      return first === null ? [] : [piece(first)]
    },
    piece,
    tail: ({ cut }) => [
      {
        ...line('', true),
        done_reason: cut ?? 'stop',
        ...format.closing,
        ...counters(format, said, { untilFirst: firstAt - started, rest: lastAt - firstAt }),
      },
    ],
    failed: (message) => {
      const text = `\n\nError: Provider error: ${message}`
      return [{ ...line(text), error: text }, line('', true)]
    },
    silence: () => line(''),
  }
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
