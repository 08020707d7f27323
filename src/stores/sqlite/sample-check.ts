import type { HnswGraph } from './hnsw-graph.ts'
import { inSlices } from './slices.ts'
import { dot } from './vector-values.ts'

const NEWEST = 32
const SPREAD = 32
/** Of two ways to normalise one vector. */
const TOLERANCE = 1e-3

/**
 * Whether vectors of a graph are those that are stored under their labels, looking at the newest and
 * at some of all others. They differ when the labels were given out again by a database that was put
 * back from an older copy. Labels under which nothing is stored do not count.
 */
export async function isSampleOf(
  graph: HnswGraph,
  stored: (label: number) => Float32Array | null,
): Promise<boolean> {
  const labels = [...graph.labels()].reverse()
  const step = Math.max(1, Math.floor(labels.length / SPREAD))
  let compared = 0
  let agrees = true
  const compare = function* () {
    for (const [place, label] of labels.entries()) {
      const isWanted = compared < NEWEST || place % step === 0
      const known = isWanted ? stored(label) : null
      if (known !== null) {
        compared++
        agrees &&= isSame(graph.vector(label), known)
      }
      if (isWanted) yield
    }
  }
  await inSlices(compare(), undefined, () => agrees)
  return agrees
}

function isSame(normal: Float32Array | null, stored: Float32Array): boolean {
  if (normal === null) return false
  return Math.abs(dot(normal, stored) - Math.sqrt(dot(stored, stored))) < TOLERANCE
}
