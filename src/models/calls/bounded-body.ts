import { type Transformer, TransformStream } from 'node:stream/web'
import { CallFailure } from './call-failure.ts'

/** How much of an answer is read, in bytes; what is longer is no answer. */
export interface BodyBounds {
  readonly most: number
  /** Of one line, where the answer comes in lines. */
  readonly line?: number
}

const MEGABYTE = 1024 * 1024

/** Far more than any answer in words. */
export const ONE_ANSWER: BodyBounds = { most: 8 * MEGABYTE }

/** Why there is no answer. */
export const ONE_REFUSAL: BodyBounds = { most: MEGABYTE }

/** An answer in pieces: each carries the same frame again. */
export const ANSWER_IN_LINES: BodyBounds = { most: 64 * MEGABYTE, line: MEGABYTE }

/** A number takes up to 25 characters, and some servers put each on a line of its own. */
const BYTES_A_NUMBER = 64

/** A list of vectors. */
export function boundsOfVectors(count: number, dimension: number): BodyBounds {
  return { most: MEGABYTE + count * dimension * BYTES_A_NUMBER }
}

/**
 * The same answer, which fails with a {@link CallFailure} where it is longer than its bounds. One in
 * lines is handed on by whole lines: readers look for their ends from the beginning with each piece.
 */
export function boundedBody(response: Response, { most, line }: BodyBounds): Response {
  const { body, status, statusText, headers } = response
  if (body === null) return response
  const counted = body.pipeThrough(new TransformStream(counting(most)))
  const read =
    line === undefined ? counted : counted.pipeThrough(new TransformStream(byLines(line)))
  return new Response(read, { status, statusText, headers })
}

function counting(most: number): Transformer<Uint8Array, Uint8Array> {
  let bytes = 0
  return {
    transform(piece, controller) {
      bytes += piece.byteLength
      if (bytes > most) controller.error(tooLong(most))
      else controller.enqueue(piece)
    },
  }
}

const LINE_FEED = 10
const CARRIAGE_RETURN = 13

function byLines(most: number): Transformer<Uint8Array, Uint8Array> {
  let held: Uint8Array[] = []
  let bytes = 0
  return {
    transform(piece, controller) {
      const end = 1 + Math.max(piece.lastIndexOf(LINE_FEED), piece.lastIndexOf(CARRIAGE_RETURN))
      if (end > 0) {
        controller.enqueue(Buffer.concat([...held, piece.subarray(0, end)]))
        held = []
        bytes = 0
      }
      held.push(piece.subarray(end))
      bytes += piece.byteLength - end
      if (bytes > most) controller.error(tooLong(most))
    },
    flush: (controller) => controller.enqueue(Buffer.concat(held)),
  }
}

/** To ask again would only bring the same. */
function tooLong(most: number): CallFailure {
  const size = `${Math.ceil(most / MEGABYTE)} MB`
  return new CallFailure('unavailable', `The model provider sent more than ${size}`, {
    isFinal: true,
  })
}
