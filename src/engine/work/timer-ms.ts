/** In milliseconds. A timer that is set to more fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * A wait as a timer can keep it, in milliseconds: what is no number, or less than none, is no wait.
 *
 * Every wait that is not a constant goes through here, since a number from outside that reaches a
 * timer as it came makes it fire again and again, or never.
 *
 * @param longest what is worth waiting for at all, in milliseconds
 */
export function timerMs(ms: number, longest: number = LONGEST_TIMER_MS): number {
  return ms > 0 ? Math.min(ms, longest, LONGEST_TIMER_MS) : 0
}
