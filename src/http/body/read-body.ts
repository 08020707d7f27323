import type { IncomingMessage } from 'node:http'
import { RequestError } from '../errors/request-error.ts'
import { bodyTooLarge } from './body-limits.ts'

export interface ReadBodyOptions {
  /** Longest body, in bytes. */
  readonly limit: number
  /** Called before bytes are kept, with their number so far; what it throws ends the reading. */
  readonly take?: ((bytes: number) => void) | undefined
}

/** Room that a body of unknown length begins with, in bytes. */
const FIRST_ROOM = 4096

/**
 * The whole body of a request. It is copied together as it arrives: kept in the pieces in which it
 * is sent, a body that comes byte by byte takes hundreds of times its length.
 *
 * @throws {RequestError} `body_too_large`, `body_interrupted`
 */
export function readBody(
  payload: IncomingMessage,
  { limit, take }: ReadBodyOptions,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const known = Number(payload.headers['content-length'] ?? Number.NaN)
    let room: Buffer = Buffer.allocUnsafeSlow(
      Number.isNaN(known) ? FIRST_ROOM : Math.min(known, limit),
    )
    let length = 0
    const onData = (piece: Buffer) => {
      const whole = length + piece.length
      try {
        if (whole > limit) throw bodyTooLarge(limit)
        take?.(whole)
      } catch (error) {
        finish(error)
        return
      }
      if (whole > room.length) room = grown(room, length, Math.min(limit, 2 * whole))
      piece.copy(room, length)
      length = whole
    }
    const onEnd = () => finish(undefined)
    const onCut = (cause?: unknown) =>
      finish(new RequestError('body_interrupted', 'The body ended before it was whole.', { cause }))
    const finish = (error: unknown) => {
      payload.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut)
      if (error === undefined) resolve(room.subarray(0, length))
      else reject(error)
    }
    payload.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut)
  })
}

function grown(room: Buffer, length: number, to: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(to)
  room.copy(larger, 0, 0, length)
  return larger
}
