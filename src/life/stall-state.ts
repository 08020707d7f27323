/** Places in the memory that the watch shares with its thread: turns of the event loop … */
export const BEATS = 0
/** … how much is in work, which wakes the thread … */
export const WORKING = 1
/** … and what nobody changes, to sleep on. */
export const SLEEP = 2
export const PLACES = 3

export interface StallThreadData {
  readonly state: Int32Array
  /** Written while the event loop stands still. */
  readonly file: string
  readonly tickMs: number
  /** Looks in a row at a loop that has not turned, after which it stands still. */
  readonly ticks: number
}
