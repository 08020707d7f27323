import type { CallOptions } from '../engine/ports/models.ts'
import { CUTS_HERE } from '../engine/read/cut-document.ts'
import { offlineEmbedding, offlineRoles } from '../models/offline/offline-models.ts'
import { packed, type TextJob, type TextResult } from './text-jobs.ts'

const { extractor } = offlineRoles()
const embedding = offlineEmbedding()
const OPTIONS = { lane: 'extract' } as const satisfies CallOptions

/** Does a job in the thread that calls it. */
export async function textWork(job: TextJob): Promise<TextResult> {
  switch (job.kind) {
    case 'cut':
      return packed(await CUTS_HERE.cut(job.input, OPTIONS))
    case 'extract':
      return extractor.extract(job.input, OPTIONS)
    case 'embed':
      return embedding.embed(job.input, { ...OPTIONS, kind: 'document' })
  }
}

/** What of a result goes over, and is not copied. */
export function transferred(result: TextResult): ArrayBuffer[] {
  const arrays = 'numbers' in result ? [result.numbers] : Array.isArray(result) ? result : []
  return arrays.map(({ buffer }) => buffer as ArrayBuffer)
}
