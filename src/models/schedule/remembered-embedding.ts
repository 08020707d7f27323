import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { EmbeddingModel } from '../../engine/ports/models.ts'
import type { MeteredCallOptions } from '../calls/call-usage.ts'

type EmbeddingOptions = MeteredCallOptions & { readonly kind: 'query' | 'document' }

/** A text and the key that it is remembered by. */
type Asked = readonly [key: string, text: string]
/** Vectors of one call, which the memory may lose meanwhile. */
type Held = Map<string, Float32Array>

/** Told for whom it works. */
interface RememberedEmbedding extends EmbeddingModel {
  embed(texts: readonly string[], options: EmbeddingOptions): Promise<Float32Array[]>
}

/** Vectors kept; at 1,536 dimensions they take 25 MB. */
const MOST = 4096

/**
 * An embedding model that pays for a text once: a document that is tried again after an outage
 * finds the vectors of the batches that had come through. Queries pass by.
 *
 * Wrap the model that gets the batches, so that what one batch brought survives the failure of
 * another. Each workspace pays for itself: what another has asked before must not be felt, not even
 * as a quick answer.
 */
export function rememberedEmbedding(model: EmbeddingModel): RememberedEmbedding {
  const vectors = new LRUCache<string, Float32Array>({ max: MOST })
  const underWay = new Map<string, Promise<Float32Array>>()

  /** Asks for texts that nobody else is asking for, and lets others wait for them too. */
  async function ask(asked: readonly Asked[], held: Held, options: EmbeddingOptions) {
    const texts = asked.map(([, text]) => text)
    const request = model.embed(texts, options)
    const answers = asked.map(async ([key], i) => {
      const vector = (await request)[i]
      if (vector === undefined) throw new RangeError(`no vector for text ${i}`)
      vectors.set(key, vector)
      held.set(key, vector)
      return vector
    })
    for (const [i, [key]] of asked.entries()) {
      const answer = answers[i]
      if (answer) underWay.set(key, answer)
      answer?.catch(() => undefined).finally(() => underWay.delete(key))
    }
    await Promise.all(answers)
  }

  /** Whether it is remembered. */
  function take(key: string, held: Held): boolean {
    const vector = vectors.get(key)
    if (vector !== undefined) held.set(key, vector)
    return vector !== undefined
  }

  return {
    id: model.id,
    dimension: model.dimension,
    ...(model.retrievalShare === undefined ? {} : { retrievalShare: model.retrievalShare }),
    async embed(texts, options: EmbeddingOptions) {
      if (options.kind === 'query') return model.embed(texts, options)
      const keys = texts.map((text) => keyOf(options.workspace, text))
      const textOf = new Map(keys.map((key, i) => [key, texts[i] ?? '']))
      const held: Held = new Map()
      while (held.size < textOf.size) {
        const missing = [...textOf].filter(([key]) => !held.has(key) && !take(key, held))
        const others = Promise.allSettled(
          missing.flatMap(([key]) => underWay.get(key)?.then(keep(key, held)) ?? []),
        )
        const ours = missing.filter(([key]) => !underWay.has(key))
        if (ours.length > 0) await ask(ours, held, options)
        // The other caller may have given up; then it is asked for here.
        await others
        options.signal?.throwIfAborted()
      }
      return keys.flatMap((key) => held.get(key) ?? [])
    },
  }
}

/** Puts a vector among those that a call holds. */
const keep = (key: string, held: Held) => (vector: Float32Array) => {
  held.set(key, vector)
}

function keyOf(workspace: string | undefined, text: string): string {
  const asked = JSON.stringify([workspace ?? null, text])
  return createHash('sha256').update(asked).digest('base64')
}
