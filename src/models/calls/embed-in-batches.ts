import type { CallSettings } from './call-settings.ts'
import type { UsageMeter } from './call-usage.ts'

export interface EmbeddingSettings extends UsageMeter {
  readonly calls?: Partial<CallSettings> | undefined
  /** Texts a request, at most; 10 unless told. */
  readonly batchSize?: number | undefined
  /** Put before every query, for models that tell questions from passages. */
  readonly queryPrefix?: string | undefined
  readonly documentPrefix?: string | undefined
  /** Stored with the vectors; by default provider and model name. */
  readonly id?: string | undefined
}

export const DEFAULT_EMBEDDING_BATCH = 10

/** Embeds one batch after the other; callers who want them side by side ask for batches themselves. */
export async function embedInBatches(
  texts: readonly string[],
  kind: 'query' | 'document',
  settings: EmbeddingSettings,
  embedBatch: (batch: string[]) => Promise<Float32Array[]>,
): Promise<Float32Array[]> {
  const prefix = (kind === 'query' ? settings.queryPrefix : settings.documentPrefix) ?? ''
  const size = Math.max(1, settings.batchSize ?? DEFAULT_EMBEDDING_BATCH)
  const vectors: Float32Array[] = []
  for (let start = 0; start < texts.length; start += size) {
    const batch = texts.slice(start, start + size).map((text) => sendable(prefix + text))
    vectors.push(...(await embedBatch(batch)))
  }
  return vectors
}

/** Providers refuse a whole batch for one empty text. */
function sendable(text: string): string {
  return text.trim() === '' ? '.' : text
}
