import { setImmediate as turn } from 'node:timers/promises'

/** In milliseconds. */
const SLICE_MS = 8

/** Lets other work have its turn now and then during a long computation. */
export class TimeSlice {
  #began = performance.now()

  get isOver(): boolean {
    return performance.now() - this.#began >= SLICE_MS
  }

  /** Returns at once while the slice lasts, else after whatever else was waiting. */
  async pause(): Promise<void> {
    if (!this.isOver) return
    await turn()
    this.#began = performance.now()
  }
}
