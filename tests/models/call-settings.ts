import type { CallSettings } from '../../src/models/calls/call-settings.ts'

/** Three attempts that follow each other without noticeable waits; no time limit. */
export const QUICK: CallSettings = {
  timeoutMs: 0,
  attempts: 3,
  backoffMs: 1,
  maxBackoffMs: 60_000,
  random: () => 0.5,
}

/** Long enough for a local answer on a busy machine, short enough to wait for. */
export const SHORT_TIMEOUT = { ...QUICK, timeoutMs: 400 }
