import { keptJson } from '../documents/document-annotations.ts'
import type { JsonValue } from '../ports/document-record.ts'
import { EngineError } from '../ports/engine-error.ts'
import type { ChatMessage } from '../ports/models.ts'
import type { DocumentFilter } from '../ports/searches.ts'
import type { EngineSettings } from '../ports/settings.ts'
import { keptName } from '../text/kept-name.ts'
import type { QueryFilters, QueryMode, QueryParams } from './query-calls.ts'

/** Of a filter: entries of one list, and fields of metadata. */
const LONGEST_LIST = 10_000
const MOST_FIELDS = 64

/** A query with every default filled in. Budgets are in tokens. */
export interface Question {
  readonly query: string
  readonly mode: QueryMode
  readonly topK: number
  readonly chunkTopK: number
  readonly maxEntityTokens: number
  readonly maxRelationTokens: number
  readonly maxTotalTokens: number
  /** Given by the caller; when both are empty they are found in the query. */
  readonly high: readonly string[]
  readonly low: readonly string[]
  readonly responseType: string
  readonly userPrompt: string
  readonly history: readonly ChatMessage[]
  readonly enableRerank: boolean
  readonly includeReferences: boolean
  readonly includeChunkContent: boolean
  readonly only: 'context' | 'prompt' | null
  /** Whether a streamed answer comes in pieces; false sends it whole. */
  readonly stream: boolean
  /** Which documents it may draw from; null for all that are enabled. */
  readonly filter: DocumentFilter | null
}

/** Texts of the caller go to models, which refuse halves of a surrogate pair. */
const whole = (text: string) => text.toWellFormed()

export function questionOf(params: QueryParams, settings: EngineSettings): Question {
  return {
    query: whole(params.query).trim(),
    mode: params.mode ?? 'mix',
    topK: params.top_k ?? settings.topK,
    chunkTopK: params.chunk_top_k ?? settings.chunkTopK,
    maxEntityTokens: params.max_entity_tokens ?? settings.maxEntityTokens,
    maxRelationTokens: params.max_relation_tokens ?? settings.maxRelationTokens,
    maxTotalTokens: params.max_total_tokens ?? settings.maxTotalTokens,
    high: params.hl_keywords?.map(whole) ?? [],
    low: params.ll_keywords?.map(whole) ?? [],
    responseType: whole(params.response_type ?? 'Multiple Paragraphs'),
    userPrompt: whole(params.user_prompt ?? ''),
    history: (params.conversation_history ?? []).map(({ role, content }) => ({
      role: role === 'assistant' || role === 'system' ? role : 'user',
      content: whole(content ?? ''),
    })),
    enableRerank: params.enable_rerank ?? settings.enableRerank,
    includeReferences: params.include_references ?? params.include_references === undefined,
    includeChunkContent: params.include_chunk_content ?? false,
    only: params.only_need_prompt ? 'prompt' : params.only_need_context ? 'context' : null,
    stream: params.stream ?? true,
    filter: documentFilter(params.filters),
  }
}

/**
 * The filter of a question; null when it has none.
 *
 * @throws {EngineError} `invalid_argument` for one that is too large
 */
function documentFilter(filters: QueryFilters | null | undefined): DocumentFilter | null {
  if (!filters) return null
  const attributes = filters.metadata
    ? Object.entries(filters.metadata).map(
        ([name, value]) => [name.normalize('NFC'), listOf(value).map(keptJson)] as const,
      )
    : null
  const filter = {
    documentIds: filters.document_ids ?? null,
    externalIds: filters.external_ids?.map(keptName) ?? null,
    filePaths: filters.file_paths?.map(keptName) ?? null,
    tags: filters.tags?.map(keptName) ?? null,
    attributes: attributes && Object.fromEntries(attributes),
  }
  const { attributes: _fields, ...lists } = filter
  if (Object.values(lists).some((list) => (list?.length ?? 0) > LONGEST_LIST)) {
    throw new EngineError('invalid_argument', `A filter has at most ${LONGEST_LIST} entries.`)
  }
  if ((attributes?.length ?? 0) > MOST_FIELDS) {
    throw new EngineError('invalid_argument', `A filter has at most ${MOST_FIELDS} fields.`)
  }
  return Object.values(filter).every((condition) => condition === null) ? null : filter
}

function listOf(value: unknown): readonly JsonValue[] {
  return (Array.isArray(value) ? value : [value]) as readonly JsonValue[]
}
