import { dot, vectorBytes } from '../kernel/vector-values.ts'
import { inSlices } from '../slices.ts'

const NEWEST = 32
const SPREAD = 32
/** Of two ways to normalise one vector. */
const TOLERANCE = 1e-3

interface Labelled {
  labels(): Iterable<number>
  vector(label: number): Float32Array | null
}

/**
 * Whether vectors of an index are those that are stored under their labels, looking at the newest and
 * at some of all others. They differ when the labels were given out again by a database that was put
 * back from an older copy. Labels under which nothing is stored do not count.
 */
export async function isSampleOf(
  index: Labelled,
  stored: (label: number) => Float32Array | null,
  isSame: (vector: Float32Array, stored: Float32Array) => boolean,
): Promise<boolean> {
  const labels = [...index.labels()].reverse()
  const step = Math.max(1, Math.floor(labels.length / SPREAD))
  let compared = 0
  let agrees = true
  const compare = function* () {
    for (const [place, label] of labels.entries()) {
      const isWanted = compared < NEWEST || place % step === 0
      const known = isWanted ? stored(label) : null
      if (known !== null) {
        compared++
        const vector = index.vector(label)
        agrees &&= vector !== null && isSame(vector, known)
      }
      if (isWanted) yield
    }
  }
  await inSlices(compare(), { wanted: () => agrees })
  return agrees
}

/** For an index that keeps vectors of length one. */
export function isSameDirection(normal: Float32Array, stored: Float32Array): boolean {
  return Math.abs(dot(normal, stored) - Math.sqrt(dot(stored, stored))) < TOLERANCE
}

export function isSameVector(vector: Float32Array, stored: Float32Array): boolean {
  return Buffer.compare(vectorBytes(vector), vectorBytes(stored)) === 0
}
