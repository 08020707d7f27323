import { setImmediate as eventLoopTurn } from 'node:timers/promises'
import { comeBack } from '../engine/work/announced-work.ts'
import { nextTurn } from '../engine/work/turns.ts'

/** How long one slice of work may hold the event loop, in milliseconds. */
export const SLICE_MS = 6
/** The same where much is brought into memory: a collection of garbage comes on top. */
export const LOAD_SLICE_MS = 2
/** The same for work that nobody waits for: what others do in the same turn comes on top. */
const BACKGROUND_SLICE_MS = 3

/** For slices of a single step each, however short it was. */
export const ONE_STEP = 0

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

export interface Slicing {
  /** Wraps each slice, for instance in a transaction. */
  readonly around?: (slice: () => boolean) => boolean
  /** Asked after each pause; false ends the work early. */
  readonly wanted?: (() => boolean) | undefined
  /** Makes the pauses longer. */
  readonly room?: () => Promise<void>
  readonly sliceMs?: number
}

/** Takes all steps, giving way to other work between slices. Returns whether the steps ended. */
export async function inSlices(
  steps: Steps,
  { around = (slice) => slice(), wanted, room, sliceMs = SLICE_MS }: Slicing = {},
): Promise<boolean> {
  while (!around(() => takeSlice(steps, sliceMs))) {
    await comeBack(pause(room))
    if (wanted?.() === false) return false
  }
  return true
}

async function pause(room: Slicing['room']): Promise<void> {
  await eventLoopTurn()
  await room?.()
}

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
  } while (!takeSlice(steps, BACKGROUND_SLICE_MS))
  return true
}

/** Like `map`, giving way to other work between slices. What maps to null is left out. */
export async function mapInSlices<In, Out>(
  items: readonly In[],
  map: (item: In) => Out | null,
): Promise<Out[]> {
  const found: Out[] = []
  const [only] = items
  if (items.length === 1 && only !== undefined) addTo(found, map(only))
  else await inSlices(mapping(items, map, found))
  return found
}

// Not within the function above: each function that makes steps has steps of a shape of its own, and
// who takes steps of ever new shapes is slow.
function* mapping<In, Out>(
  items: readonly In[],
  map: (item: In) => Out | null,
  found: Out[],
): Steps {
  for (const item of items) {
    addTo(found, map(item))
    yield
  }
}

function addTo<Out>(found: Out[], out: Out | null): void {
  if (out !== null) found.push(out)
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
