import { Attempt } from '../pipeline/attempt.ts'
import { embedEach } from '../pipeline/embed-each.ts'
import type { CallOptions, Models } from '../ports/models.ts'
import type { Store } from '../ports/store.ts'
import type { Key } from '../ports/stored-rows.ts'
import { AttemptCache } from './attempt-cache.ts'
import { entityText, relationText } from './item-texts.ts'

const AT_ONCE = 64
/** Runs in which a text is tried that the model fails for while it answers others. */
const TRIES = 3
/** Texts of which that is remembered. */
const MOST_REFUSED = 1000

export interface EmbedPendingParts {
  readonly store: Store
  readonly models: Pick<Models, 'embedding'>
  readonly checks: NonNullable<Models['checks']>
  /** How often the model has failed for a text; kept from run to run. */
  readonly refused: Map<string, number>
}

/**
 * Makes the vectors that are pending: those of items that a removal changed while the embedding model
 * was out, and of items that it failed for. Until then such an item is found by its name and its
 * relations only.
 *
 * @throws {ModelUnavailable} when the model is still out
 */
export async function embedPending(parts: EmbedPendingParts, options: CallOptions): Promise<void> {
  const { store, models, checks, refused } = parts
  const attempt = new Attempt(checks, options, 0)
  const embedding = new AttemptCache().embedding(models.embedding)
  const leftOut = new Set([...refused].flatMap(([text, tries]) => (tries < TRIES ? [] : text)))
  const textsPending = async () => {
    const pending = await store.graph.pendingEmbeddings(AT_ONCE + leftOut.size)
    const texts = [...pending.entities.map(entityText), ...pending.relations.map(relationText)]
    return { pending, texts: texts.filter((text) => !leftOut.has(text)) }
  }
  for (;;) {
    options.signal?.throwIfAborted()
    const { texts } = await textsPending()
    if (texts.length === 0) return
    const { vectors, leftOut: failed } = await embedEach(embedding, attempt, texts, options)
    for (const text of failed.keys()) {
      leftOut.add(text)
      note(refused, text)
    }
    const filled = <T extends { key: Key }>(items: readonly T[], textOf: (item: T) => string) =>
      items.flatMap((item) => {
        const vector = vectors.get(textOf(item))
        return vector ? [{ key: item.key, vector }] : []
      })
    await store.graph.exclusively(async () => {
      options.signal?.throwIfAborted()
      // Items may have come, gone and changed meanwhile: a vector is that of a text.
      const { entities, relations } = (await textsPending()).pending
      await store.graph.setVectors(filled(entities, entityText), filled(relations, relationText))
    })
  }
}

function note(refused: Map<string, number>, text: string): void {
  refused.set(text, (refused.get(text) ?? 0) + 1)
  const [oldest] = refused.keys()
  if (refused.size > MOST_REFUSED && oldest !== undefined) refused.delete(oldest)
}
