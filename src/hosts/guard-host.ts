import { startThread } from '../threads/start-thread.ts'
import type { HostGuardData } from './host-guard-thread.ts'

/** How often the event loop says that it turns, in milliseconds. */
const BEAT_MS = 250

/**
 * Has a thread end this process when its front is gone, when its event loop has spent too much without
 * a turn, and when it has grown too large: none of them may wait for a loop that stands still.
 *
 * @throws when the system gives no thread
 */
export function guardHost(bounds: Omit<HostGuardData, 'beats'>): void {
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const worker = startThread(new URL('./host-guard-thread.ts', import.meta.url), {
    workerData: { ...bounds, beats } satisfies HostGuardData,
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  })
  // An unguarded host could outlive its front.
  worker.once('error', () => process.kill(process.pid, 'SIGKILL'))
  worker.unref()
  setInterval(() => Atomics.add(beats, 0, 1), BEAT_MS).unref()
}
