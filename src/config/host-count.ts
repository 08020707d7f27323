import { availableParallelism, totalmem } from 'node:os'

export interface Machine {
  /** Cores that this process may use. */
  readonly cores: number
  /** Memory that this process may take, in bytes. */
  readonly memoryBytes: number
}

/** More of them are more heaps, and wait for the same disk. */
const MOST = 4
const LEAST_BYTES = 1024 ** 3

/**
 * How many processes hold engines on a machine: one core is left to whatever takes requests, and where
 * there are no two cores, or less than 1 GB of memory, a second process costs more than it is good for.
 */
export function hostCountFor({ cores, memoryBytes }: Machine): number {
  if (cores < 2 || memoryBytes < LEAST_BYTES) return 0
  return Math.min(cores - 1, MOST)
}

/** The machine, or as much of it as the container is given. */
export function thisMachine(): Machine {
  // 0 where nothing is known of a limit, and more than there is where there is none.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY
  return { cores: availableParallelism(), memoryBytes: Math.min(totalmem(), limit) }
}
