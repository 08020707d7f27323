import { timerMs } from '../work/timer-ms.ts'

/** In milliseconds. */
const LONGEST_MS = 600_000
/** Where less speaks against an input, there are more tries, further apart. */
const PACES: Readonly<Record<number, number>> = { 4: 1, 2: 2, 1: 3 }

/**
 * How long a document waits for another attempt, in milliseconds: 5 and 20 seconds at the usual pace
 * when the model answered others of the kind; 10 seconds to 3 minutes when all that speaks against
 * the input is a small call; 15 seconds to 10 minutes when the provider asked for a slower pace.
 *
 * @param blame what counts against it by now
 * @param weight how much of that came last
 * @param paceMs the first wait of those against whom most speaks
 */
export function tryAfterMs(blame: number, weight: number, paceMs: number): number {
  const tries = Math.ceil(blame / Math.max(1, weight))
  return timerMs(paceMs * (PACES[weight] ?? 1) * tries ** 2, LONGEST_MS)
}
