import { onTestFinished, vi } from 'vitest'
import type { CallSettings } from '../../src/models/calls/call-settings.ts'

/** Three attempts that follow each other without noticeable waits; no time limit. */
export const QUICK: CallSettings = {
  timeoutMs: 0,
  attempts: 3,
  backoffMs: 1,
  maxBackoffMs: 60_000,
  random: () => 0.5,
}

/** For tests that wait it out, or move the clock by {@link runOut}. */
export const SHORT_TIMEOUT = { ...QUICK, timeoutMs: 400 }

/** From here to the end of the test, the time limits of calls run on a clock of its own. */
export function stopTheClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
}

/** Lets a {@link SHORT_TIMEOUT} run out. */
export function runOut(): void {
  vi.advanceTimersByTime(SHORT_TIMEOUT.timeoutMs)
}
