/** How long a model call may take and how often it is tried. */
export interface CallSettings {
  /**
   * Milliseconds that one call may take with all its attempts and waits; 0 = no limit. For a stream
   * it limits the time to the first piece, and then the time to each further one.
   */
  readonly timeoutMs: number
  /** Attempts in all, at least 1. */
  readonly attempts: number
  /** Wait before the second attempt, in milliseconds; each further wait doubles. */
  readonly backoffMs: number
  /** No wait is longer, in milliseconds. A call that is asked to wait longer gives up at once. */
  readonly maxBackoffMs: number
  /** From 0 to 1; spreads the waits so that many callers do not come back together. */
  readonly random: () => number
}

export const DEFAULT_CALL_SETTINGS: CallSettings = {
  timeoutMs: 180_000,
  attempts: 3,
  backoffMs: 1_000,
  maxBackoffMs: 60_000,
  random: Math.random,
}
