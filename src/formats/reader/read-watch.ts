import type { Usage } from './process-usage.ts'
import type { ReadLimits } from './read-limits.ts'

/** What a reader can take too much of while it reads one file. */
export type SpentLimit = 'cpu' | 'clock' | 'memory'

type WatchedLimits = Pick<ReadLimits, 'maxCpuMs' | 'maxClockMs' | 'maxGrowthMb'>

/** Less than this part of a processor is no work. */
const LEAST_SHARE = 1 / 100

/**
 * Judges by what a process has taken whether the reading of one file costs too much.
 *
 * The clock runs for a reader that does nothing, and starts anew with each piece of work: a reader that
 * works, however little a busy machine lets it, comes to the limit of the processor first.
 */
export class ReadWatch {
  readonly #limits: WatchedLimits
  readonly #beganCpuMs: number
  /** When it was last seen to have worked. */
  #worked: { readonly cpuMs: number; readonly clockMs: number }
  #leastMb: number

  constructor(limits: WatchedLimits, began: Usage, clockMs: number) {
    this.#limits = limits
    this.#beganCpuMs = began.cpuMs
    this.#worked = { cpuMs: began.cpuMs, clockMs }
    this.#leastMb = began.residentMb
  }

  /** The limit that is broken by now, or null. */
  over({ cpuMs, residentMb }: Usage, clockMs: number): SpentLimit | null {
    const { maxCpuMs, maxClockMs, maxGrowthMb } = this.#limits
    // What is given back meanwhile excuses nothing.
    this.#leastMb = Math.min(this.#leastMb, residentMb)
    if (residentMb - this.#leastMb > maxGrowthMb) return 'memory'
    if (cpuMs - this.#beganCpuMs > maxCpuMs) return 'cpu'
    if (cpuMs - this.#worked.cpuMs >= maxClockMs * LEAST_SHARE) this.#worked = { cpuMs, clockMs }
    return clockMs - this.#worked.clockMs > maxClockMs ? 'clock' : null
  }
}

/** The longest that a file can take by these rules, in milliseconds of the clock. */
export function longestReadMs({ maxCpuMs, maxClockMs }: WatchedLimits): number {
  return maxClockMs + maxCpuMs / LEAST_SHARE
}
