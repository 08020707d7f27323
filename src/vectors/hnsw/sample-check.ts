import { dot } from '../kernel/vector-values.ts'
import { inSlices } from '../slices.ts'
import type { HnswGraph } from './hnsw-graph.ts'

const NEWEST = 32
const SPREAD = 32
/** Of two ways to normalise one vector. */
const TOLERANCE = 1e-3

/**
 * Whether the vectors of a graph, which are of length one, have the directions of those that are
 * stored under their vector ids, looking at the newest and at some of all others. They differ when
 * the vector ids were given out again by a database that was put back from an older copy. Vector ids
 * under which nothing is stored do not count.
 */
export async function isSampleOf(
  graph: Pick<HnswGraph, 'vectorIds' | 'vector'>,
  stored: (vectorId: number) => Float32Array | null,
): Promise<boolean> {
  const vectorIds = [...graph.vectorIds()].reverse()
  const step = Math.max(1, Math.floor(vectorIds.length / SPREAD))
  let compared = 0
  let agrees = true
  const compare = function* () {
    for (const [place, vectorId] of vectorIds.entries()) {
      const isWanted = compared < NEWEST || place % step === 0
      const known = isWanted ? stored(vectorId) : null
      if (known !== null) {
        compared++
        const vector = graph.vector(vectorId)
        agrees &&= vector !== null && isSameDirection(vector, known)
      }
      if (isWanted) yield
    }
  }
  await inSlices(compare(), { wanted: () => agrees })
  return agrees
}

function isSameDirection(normal: Float32Array, stored: Float32Array): boolean {
  return Math.abs(dot(normal, stored) - Math.sqrt(dot(stored, stored))) < TOLERANCE
}
