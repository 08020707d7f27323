import { nextTurn } from '../engine/work/turns.ts'
import { type Steps, takeSlice } from './slices.ts'

/** Short, because nobody waits for this work: what others do in the same turn comes on top. */
const SLICE_MS = 3

/**
 * Takes all steps, one slice in each turn that it gets among all background work of the process.
 *
 * @param wanted asked before each slice; false ends the work early
 * @returns whether the steps ended
 */
export async function inBackground(steps: Steps, wanted: () => boolean): Promise<boolean> {
  do {
    await nextTurn()
    if (!wanted()) return false
  } while (!takeSlice(steps, SLICE_MS))
  return true
}
