import { Readable } from 'node:stream'
import type { QueryEvent } from '../engine/retrieve/query-calls.ts'
import { asText, type LineOptions, LineStream, nextText, openAnswer } from './line-stream.ts'

/**
 * The body of `/query/stream`: a line of references, then one a piece of text, and last a line with
 * `error` if the answer broke off. An answer in one piece is one line.
 *
 * Resolves once the first event is there; until then the events' failure is its own.
 */
export async function ndjsonAnswer(
  events: AsyncIterable<QueryEvent>,
  { signal, explain }: LineOptions,
): Promise<Readable> {
  const { iterator, references, streaming } = await openAnswer(events, signal)
  if (!streaming) {
    const response = await wholeText(iterator)
    return Readable.from([asText([references === null ? { response } : { response, references }])])
  }
  const format = {
    head: references === null ? [] : [{ references }],
    piece: (response: string) => ({ response }),
    tail: () => [],
    failed: (error: string) => [{ error }],
  }
  return new LineStream(iterator, format, explain)
}

async function wholeText(iterator: AsyncIterator<QueryEvent>): Promise<string> {
  let whole = ''
  for (let text = await nextText(iterator); text !== null; text = await nextText(iterator)) {
    whole += text
  }
  return whole
}
