import type { Chunking } from '../documents/document-calls.ts'
import type { JsonObject } from '../ports/document-record.ts'
import { EngineError } from '../ports/engine-error.ts'
import type { EngineSettings } from '../ports/settings.ts'
import { oneLineEnd } from './clean-text.ts'

/** Every decision on how a document is cut. */
export interface ChunkingPlan {
  readonly strategy: Chunking['strategy']
  /** In tokens, as is the overlap, which is half of it at most. */
  readonly size: number
  readonly overlap: number
  /** Of one document; a text that makes more fails. */
  readonly maxChunks?: number
  /** Where to cut first; null = nowhere in particular. */
  readonly separator: string | null
  /** Whether a part between separators that is larger than a chunk is an error. */
  readonly separatorOnly: boolean
}

/**
 * The plan for a document that is taken in now; it is kept with the document, so that another
 * attempt cuts it the same way whatever the settings are by then.
 *
 * @throws {EngineError} `invalid_argument` when the parameters contradict each other
 */
export function chunkingPlan(
  given: Chunking | null | undefined,
  settings: EngineSettings,
): ChunkingPlan {
  const { strategy = 'fixed_token', params = {} } = given ?? {}
  const size = params.chunk_token_size ?? settings.chunkSize
  const most = Math.floor(size / 2)
  const usual =
    settings.chunkOverlapSize <= most ? settings.chunkOverlapSize : Math.floor(size / 10)
  const overlap = params.chunk_overlap_token_size ?? usual
  if (overlap > most) {
    throw new EngineError(
      'invalid_argument',
      `chunk_overlap_token_size (${overlap}) must be at most half of chunk_token_size (${size}).`,
    )
  }
  const separator = oneLineEnd(params.split_by_character ?? '') || null
  const separatorOnly = params.split_by_character_only ?? false
  if (separatorOnly && separator === null) {
    throw new EngineError(
      'invalid_argument',
      'split_by_character_only needs split_by_character beside it.',
    )
  }
  if (separator !== null && strategy === 'markdown') {
    throw new EngineError(
      'invalid_argument',
      'The strategy "markdown" cuts at headings; use "fixed_token" with split_by_character.',
    )
  }
  const maxChunks = settings.maxChunksPerDocument
  return { strategy, size, overlap, maxChunks, separator, separatorOnly }
}

export function planAsJson(plan: ChunkingPlan): JsonObject {
  return {
    strategy: plan.strategy,
    params: {
      chunk_token_size: plan.size,
      chunk_overlap_token_size: plan.overlap,
      ...(plan.separator === null
        ? {}
        : {
            split_by_character: plan.separator,
            split_by_character_only: plan.separatorOnly,
          }),
    },
  }
}

/** The plan that was kept with a document; without one, the plan of these settings. */
export function keptPlan(kept: JsonObject | null, settings: EngineSettings): ChunkingPlan {
  const chunking = kept as Chunking | null
  const { chunk_token_size: size = settings.chunkSize, chunk_overlap_token_size: overlap } =
    chunking?.params ?? {}
  if (chunking === null || overlap === undefined) return chunkingPlan(chunking, settings)
  // Taken in when windows could move by a single token.
  const params = {
    ...chunking.params,
    chunk_overlap_token_size: Math.min(overlap, Math.floor(size / 2)),
  }
  return chunkingPlan({ ...chunking, params }, settings)
}
