import type { EmbeddingModel, Extractor, Models } from '../engine/ports/models.ts'
import type { TextCutter } from '../engine/ports/text-cutter.ts'
import { CUTS_HERE } from '../engine/read/cut-document.ts'
import { comeBack } from '../engine/work/announced-work.ts'
import { offlineModels } from '../models/offline/offline-models.ts'
import { unpacked } from './text-jobs.ts'
import type { TextThreads } from './text-threads.ts'

const OFFLINE = offlineModels()
/** What one message may hold of texts, in UTF-16 units: whoever sends it is held for a millisecond. */
const MOST_AT_ONCE = 1_000_000

/** What an engine needs for texts, done apart where a call asks for it, in the name of a workspace. */
export function textsApart(
  threads: TextThreads,
  workspace: string,
  models: Models,
): { readonly cutter: TextCutter; readonly models: Models } {
  const { extractor, embedding } = models
  return {
    cutter: cutterApart(threads, workspace),
    models: {
      ...models,
      // Others ask a provider, and read short answers.
      extractor:
        extractor.id === OFFLINE.extractor.id
          ? extractorApart(threads, workspace, extractor)
          : extractor,
      embedding:
        embedding.id === OFFLINE.embedding.id
          ? embeddingApart(threads, workspace, embedding)
          : embedding,
    },
  }
}

function cutterApart(threads: TextThreads, workspace: string): TextCutter {
  return {
    async cut(input, options) {
      if (options.apart !== true) return CUTS_HERE.cut(input, options)
      const { text } = input
      const job = threads.run(workspace, { kind: 'cut', input }, text.length, options)
      const done = await comeBack(job)
      return unpacked(text, done)
    },
  }
}

function extractorApart(threads: TextThreads, workspace: string, here: Extractor): Extractor {
  return {
    id: here.id,
    extract: (input, options) =>
      options.apart === true
        ? threads.run(workspace, { kind: 'extract', input }, input.text.length, options)
        : here.extract(input, options),
  }
}

function embeddingApart(
  threads: TextThreads,
  workspace: string,
  here: EmbeddingModel,
): EmbeddingModel {
  const { id, dimension, retrievalShare } = here
  return {
    id,
    dimension,
    ...(retrievalShare === undefined ? {} : { retrievalShare }),
    async embed(texts, options) {
      if (options.apart !== true || options.kind === 'query') return here.embed(texts, options)
      const vectors: Float32Array[] = []
      for (const input of batches(texts)) {
        const length = input.reduce((sum, text) => sum + text.length, 0)
        const some = await threads.run(workspace, { kind: 'embed', input }, length, options)
        for (const vector of some) vectors.push(vector)
      }
      return vectors
    },
  }
}

function* batches(texts: readonly string[]): Generator<string[], void, void> {
  let batch: string[] = []
  let length = 0
  for (const text of texts) {
    if (batch.length > 0 && length + text.length > MOST_AT_ONCE) {
      yield batch
      batch = []
      length = 0
    }
    batch.push(text)
    length += text.length
  }
  if (batch.length > 0) yield batch
}
