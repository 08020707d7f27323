import type { ChangeParts } from './ask-models.ts'
import { type MakingParts, NotSaidYet } from './change-parts.ts'

/** How often a change is worked out beside others before they wait while it is worked out once more. */
const TRIES_BESIDE = 3

/**
 * Works out a change while others may change the graph, and makes it visible; again when somebody was
 * quicker. Models are asked beside the exclusive section only, so that nobody waits there for one: after
 * some tries the change is worked out within, from what models have said by then, and where that is
 * not enough they are asked for the rest first. So each further round means that somebody else has
 * changed the very items meanwhile.
 *
 * @param prepare what is to be changed, as things stand
 * @param make called with that, in the exclusive section, to make it visible; may refuse by throwing
 * @returns what `make` returns
 */
export async function applyBeside<Prepared extends object | null, Made>(
  parts: MakingParts,
  prepare: (parts: ChangeParts) => Promise<Prepared>,
  make: (prepared: Prepared) => Promise<Made>,
  signal?: AbortSignal,
): Promise<Made> {
  const { store } = parts
  for (let tries = 1; ; tries++) {
    const version = await store.dataVersion()
    const prepared = await prepare(parts)
    const done = await store.graph.exclusively(async () => {
      signal?.throwIfAborted()
      const isCurrent = (await store.dataVersion()) === version
      if (!isCurrent && tries < TRIES_BESIDE) return null
      const current = isCurrent ? prepared : await prepare(parts.known).catch(orUndefined)
      return current === undefined ? null : { made: await make(current) }
    })
    if (done !== null) return done.made
  }
}

function orUndefined(error: unknown): undefined {
  if (!(error instanceof NotSaidYet)) throw error
}
