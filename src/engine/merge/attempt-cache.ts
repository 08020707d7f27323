import type { DocumentRecord } from '../ports/document-record.ts'
import type { EmbeddingModel } from '../ports/models.ts'
import { isSliceOver, mapInTurns, nextTurn } from '../work/turns.ts'
import type { ChangeParts } from './ask-models.ts'

type Describe = ChangeParts['describe']

/** Documents whose answers are kept while an outage lasts, or they wait for another try. */
const MOST_DOCUMENTS = 8

/** An embedding model that asks for no text twice. */
export interface CachedEmbedding extends EmbeddingModel {
  /** What was answered for a text. */
  known(text: string): Float32Array | undefined
}

/**
 * What models have said for one version of a document, kept until that is published: neither a
 * second look at a graph that changed meanwhile nor a second attempt after an outage pays again.
 */
export class AttemptCache {
  readonly #vectors = new Map<string, Float32Array>()
  readonly #descriptions = new Map<string, string>()

  describe(describe: Describe): Describe {
    return async (subject, descriptions, options) => {
      const key = JSON.stringify([subject.kind, subject.name, ...descriptions])
      const known = this.#descriptions.get(key)
      if (known !== undefined) return known
      const description = await describe(subject, descriptions, options)
      this.#descriptions.set(key, description)
      return description
    }
  }

  embedding(model: EmbeddingModel): CachedEmbedding {
    const { id, dimension, retrievalShare } = model
    return {
      id,
      dimension,
      ...(retrievalShare === undefined ? {} : { retrievalShare }),
      known: (text) => this.#vectors.get(text),
      embed: async (texts, options) => {
        const unknown = [...new Set(texts)].filter((text) => !this.#vectors.has(text))
        const vectors = unknown.length > 0 ? await model.embed(unknown, options) : []
        for (const [i, text] of unknown.entries()) {
          if (isSliceOver()) await nextTurn()
          const vector = vectors[i]
          if (vector) this.#vectors.set(text, vector)
        }
        return (await mapInTurns(texts, (text) => this.#vectors.get(text) ?? [])).flat()
      },
    }
  }
}

/** The answers for documents that are being processed, or wait for another attempt. */
export class AttemptCaches {
  readonly #answers = new Map<string, AttemptCache>()

  of(document: DocumentRecord): AttemptCache {
    const key = versionOf(document)
    const answers = this.#answers.get(key) ?? new AttemptCache()
    this.#answers.delete(key)
    this.#answers.set(key, answers)
    const [oldest] = this.#answers.keys()
    if (this.#answers.size > MOST_DOCUMENTS && oldest !== undefined) this.#answers.delete(oldest)
    return answers
  }

  forget(document: DocumentRecord): void {
    this.#answers.delete(versionOf(document))
  }
}

function versionOf({ id, revision }: DocumentRecord): string {
  return `${id} ${revision}`
}
