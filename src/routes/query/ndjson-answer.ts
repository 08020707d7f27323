import type { AnswerReader } from './answer-reader.ts'
import type { LineFormat } from './line-stream.ts'

/**
 * The lines of `/query/stream`: one of references, then one a piece of text, last one
 * with `finish_reason` if the answer was cut off, with what its sentences rest on, or that it is none;
 * or one with `error` if it broke off. An answer in one piece is one line.
 */
export const NDJSON_ANSWER: LineFormat = {
  head: async (answer) => {
    const { references, streaming, stillProcessing } = answer
    const named = {
      ...(references === null ? {} : { references }),
      ...(stillProcessing === 0 ? {} : { still_processing: stillProcessing }),
    }
    if (streaming) return references === null ? [] : [named]
    const response = await wholeText(answer)
    return [{ response, ...named, ...endOf(answer) }]
  },
  piece: (response) => ({ response }),
  tail: (answer) => {
    const end = answer.streaming ? endOf(answer) : {}
    return Object.keys(end).length === 0 ? [] : [end]
  },
  failed: (error) => [{ error }],
  // References come first: until then only what is no line of JSON may be sent.
  silence: (begun) => (begun ? { response: '' } : null),
}

function endOf({ cut, noAnswer, statements }: AnswerReader) {
  return {
    ...(cut === null ? {} : { finish_reason: cut }),
    ...(noAnswer === null ? {} : { no_answer: noAnswer }),
    ...(statements === null ? {} : { statements }),
  }
}

async function wholeText(answer: AnswerReader): Promise<string> {
  let whole = ''
  for (let text = await answer.nextText(); text !== null; text = await answer.nextText()) {
    whole += text
  }
  return whole
}
