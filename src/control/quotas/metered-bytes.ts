import { ControlError } from '../core/control-error.ts'
import type { Reservation } from './quota-ledger.ts'

/** Bytes that are reserved at once: as many as came so far, so that a large file takes few transactions. */
const STEP = { least: 64 * 1024, most: 4 * 1024 * 1024 }

export interface MeteredBytes {
  readonly content: AsyncIterable<Uint8Array>
  /** The refusal that broke the stream off, if one did. */
  refusal(): ControlError | undefined
  /** @param stored whether what was read now counts */
  end(stored: boolean): Promise<void>
}

/** A stream whose bytes are reserved before they are passed on. */
export function meteredBytes(
  content: AsyncIterable<Uint8Array>,
  reserve: (bytes: number) => Promise<Reservation>,
): MeteredBytes {
  const held: { readonly reservation: Reservation; readonly bytes: number }[] = []
  let read = 0
  let reserved = 0
  let refusal: ControlError | undefined
  const hold = async (bytes: number) => {
    try {
      held.push({ reservation: await reserve(bytes), bytes })
      reserved += bytes
    } catch (error) {
      if (error instanceof ControlError) refusal = error
      throw error
    }
  }
  async function* passOn() {
    for await (const part of content) {
      read += part.byteLength
      const step = Math.min(STEP.most, Math.max(STEP.least, reserved))
      if (read > reserved) await hold(Math.max(step, read - reserved))
      yield part
    }
  }
  return {
    content: { [Symbol.asyncIterator]: () => passOn() },
    refusal: () => refusal,
    async end(stored) {
      let left = stored ? read : 0
      for (const { reservation, bytes } of held) {
        const used = Math.min(left, bytes)
        left -= used
        await reservation.settle({ share: used / bytes })
      }
    },
  }
}
