import type {
  CallOptions,
  ChatMessage,
  EmbeddingModel,
  Generation,
  LanguageModel,
  RerankModel,
} from '../../engine/ports/models.ts'
import { sharedAbort } from '../../engine/work/shared-abort.ts'
import type { MeteredCallOptions } from '../calls/call-usage.ts'
import { DEFAULT_EMBEDDING_BATCH } from '../calls/embed-in-batches.ts'
import type { Slots } from './scheduler.ts'

/**
 * A language model whose calls wait for a slot, and carry the workspace as data to the adapter. A
 * stream keeps its slot until it is over.
 */
export function scheduledLanguageModel(
  model: LanguageModel,
  slots: Slots,
  workspace: string,
): LanguageModel {
  return {
    id: model.id,
    structured: model.structured,
    shape: model.shape,
    contextTokens: model.contextTokens,
    generate: (messages, options): Promise<Generation> =>
      slots.run(workspace, options.lane, options.signal, () =>
        model.generate(messages, forWorkspace(options, workspace)),
      ),
    stream: (messages, options) => scheduledStream(model, slots, workspace, messages, options),
  }
}

async function* scheduledStream(
  model: LanguageModel,
  slots: Slots,
  workspace: string,
  messages: readonly ChatMessage[],
  options: CallOptions,
): AsyncGenerator<string, void, undefined> {
  const release = await slots.acquire(workspace, options.lane, options.signal)
  try {
    yield* model.stream(messages, forWorkspace(options, workspace))
  } finally {
    release()
  }
}

/**
 * An embedding model whose batches wait for slots, each its own, so that a long document does not
 * keep a short question waiting. When one batch fails, those that wait are given up.
 *
 * @param batchSize texts a job; that of the model itself should be no smaller
 */
export function scheduledEmbeddingModel(
  model: EmbeddingModel,
  slots: Slots,
  workspace: string,
  batchSize: number = DEFAULT_EMBEDDING_BATCH,
): EmbeddingModel {
  return {
    id: model.id,
    dimension: model.dimension,
    async embed(texts, options) {
      const giveUp = sharedAbort()
      const onAbort = () => giveUp.abort(options.signal?.reason)
      if (options.signal?.aborted === true) onAbort()
      options.signal?.addEventListener('abort', onAbort, { once: true })
      // What is under way is paid for: it runs on, and may be remembered.
      const inBatch = { ...options, workspace }
      const jobs: Promise<Float32Array[]>[] = []
      for (let start = 0; start < texts.length; start += batchSize) {
        const batch = texts.slice(start, start + batchSize)
        jobs.push(
          slots.run(workspace, options.lane, giveUp.signal, () =>
            model.embed(batch, inBatch).catch((error: unknown) => {
              // Before the slot is free, or the next batch would take it.
              giveUp.abort(error)
              throw error
            }),
          ),
        )
      }
      try {
        return (await Promise.all(jobs)).flat()
      } catch (error) {
        giveUp.abort(error)
        await Promise.allSettled(jobs)
        throw error
      } finally {
        options.signal?.removeEventListener('abort', onAbort)
      }
    },
  }
}

/** A reranker whose calls wait for a slot. */
export function scheduledRerankModel(
  model: RerankModel,
  slots: Slots,
  workspace: string,
): RerankModel {
  return {
    id: model.id,
    rerank: (query, documents, topN, options) =>
      slots.run(workspace, options.lane, options.signal, () =>
        model.rerank(query, documents, topN, forWorkspace(options, workspace)),
      ),
  }
}

function forWorkspace(options: CallOptions, workspace: string): MeteredCallOptions {
  return { ...options, workspace }
}
