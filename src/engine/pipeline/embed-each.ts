import type { CachedEmbedding } from '../merge/attempt-cache.ts'
import type { CallOptions } from '../ports/models.ts'
import { isSliceOver, nextTurn } from '../work/turns.ts'
import type { Attempt } from './attempt.ts'

/** Texts asked for at a time; between them it is told how far it came. */
const AT_ONCE = 512

/** By text. Each text is in one of them. */
export interface EmbeddedTexts {
  readonly vectors: ReadonlyMap<string, Float32Array>
  /** Why a text has none. */
  readonly leftOut: ReadonlyMap<string, string>
}

/**
 * Vectors of texts, those left out that the model fails for while it answers others: what it refuses
 * is halved until each such text stands alone. What was answered before is not asked again.
 *
 * @throws {ModelUnavailable} when the model answers nobody
 */
export async function embedEach(
  embedding: CachedEmbedding,
  attempt: Attempt,
  texts: readonly string[],
  options: CallOptions,
  onDone: (texts: number) => void = () => undefined,
): Promise<EmbeddedTexts> {
  const vectors = new Map<string, Float32Array>()
  const leftOut = new Map<string, string>()
  const embed = async (some: readonly string[]): Promise<void> => {
    options.signal?.throwIfAborted()
    try {
      const made = await embedding.embed(some, { ...options, kind: 'document' })
      for (const [i, text] of some.entries()) {
        if (isSliceOver()) await nextTurn()
        const vector = made[i]
        if (vector) vectors.set(text, vector)
        else leftOut.set(text, 'the model left it out')
      }
    } catch (error) {
      const [only] = some
      if (some.length === 1 && only !== undefined) {
        leftOut.set(only, await attempt.leaveOut('embedding', error))
        return
      }
      await attempt.assertAnswers('embedding', error)
      const half = Math.ceil(some.length / 2)
      await embed(some.slice(0, half))
      await embed(some.slice(half))
    }
  }
  const distinct = [...new Set(texts)]
  const unknown: string[] = []
  for (const text of distinct) {
    if (isSliceOver()) await nextTurn()
    const vector = embedding.known(text)
    if (vector) vectors.set(text, vector)
    else unknown.push(text)
  }
  onDone(distinct.length - unknown.length)
  for (let at = 0; at < unknown.length; at += AT_ONCE) {
    const some = unknown.slice(at, at + AT_ONCE)
    await embed(some)
    onDone(some.length)
  }
  return { vectors, leftOut }
}
