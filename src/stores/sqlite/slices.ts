import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * How long one slice of work may hold the event loop, in milliseconds; a collection of garbage comes on
 * top.
 */
const SLICE_MS = 4
/** The same for one that is a transaction, which has a price of its own. */
export const WRITE_SLICE_MS = 6

/** Work in small pieces: each `next()` does one and returns. */
export type Steps = Generator<void, void, void>

/** Takes steps until they end or the slice is over. Returns whether they ended. */
export function takeSlice(steps: Steps, sliceMs: number): boolean {
  const end = performance.now() + sliceMs
  do {
    if (steps.next().done === true) return true
  } while (performance.now() < end)
  return false
}

/**
 * Takes all steps, giving way to other work between slices.
 *
 * @param around wraps each slice in a transaction
 * @param wanted asked after each pause; false ends the work early
 * @param room makes the pauses longer
 * @returns whether the steps ended
 */
export async function inSlices(
  steps: Steps,
  around?: (slice: () => boolean) => boolean,
  wanted: () => boolean = () => true,
  room: () => Promise<void> = async () => undefined,
): Promise<boolean> {
  const slice = () => takeSlice(steps, around === undefined ? SLICE_MS : WRITE_SLICE_MS)
  while (!(around === undefined ? slice() : around(slice))) {
    await nextTurn()
    await room()
    if (!wanted()) return false
  }
  return true
}

/** Like `map`, giving way to other work between slices. What maps to null is left out. */
export async function mapInSlices<In, Out>(
  items: readonly In[],
  map: (item: In) => Out | null,
): Promise<Out[]> {
  const found: Out[] = []
  await inSlices(
    (function* () {
      for (const item of items) {
        const out = map(item)
        if (out !== null) found.push(out)
        yield
      }
    })(),
  )
  return found
}

export function* batches<T>(
  items: readonly T[],
  size: number,
): Generator<readonly T[], void, void> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size)
}

/** What every batch reads, one after the other, giving way to other work between slices. */
export async function inBatches<In, Out>(
  items: readonly In[],
  size: number,
  read: (some: readonly In[]) => readonly Out[],
): Promise<Out[]> {
  return (await mapInSlices([...batches(items, size)], read)).flat()
}
