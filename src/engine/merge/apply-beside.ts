import type { Change } from '../ports/change.ts'
import type { Store } from '../ports/store.ts'

/** How often a change is worked out beside others before they have to wait for it. */
const TRIES_BESIDE = 3

/**
 * Works out a change while others may change the graph, so that nobody waits for the models that it
 * asks, and makes it visible; again when somebody was quicker.
 *
 * @param prepare the change as things stand; null when there is nothing to do any more
 * @param admit called with the change, in the exclusive section, before it is made; may refuse by throwing
 * @returns whether a change was made
 */
export async function applyBeside(
  store: Store,
  prepare: () => Promise<Change | null>,
  admit: (change: Change) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (let left = TRIES_BESIDE; ; left--) {
    const version = await store.dataVersion()
    const prepared = left > 0 ? await prepare() : null
    if (left > 0 && prepared === null) return false
    const done = await store.graph.exclusively(async () => {
      signal?.throwIfAborted()
      const isCurrent = (await store.dataVersion()) === version
      if (left > 0 && !isCurrent) return null
      const change = left > 0 ? prepared : await prepare()
      if (change === null) return false
      await admit(change)
      await store.graph.apply(change)
      return true
    })
    if (done !== null) return done
  }
}
