import { join } from 'node:path'
import { LightRag } from './engine/light-rag.ts'
import { ModelHealth } from './engine/ports/model-health.ts'
import type { EmbeddingModel, LanguageModel } from './engine/ports/models.ts'
import type { EngineSettings } from './engine/ports/settings.ts'
import { llmRoles } from './engine/roles/llm-roles.ts'
import { tokenCount } from './engine/text/tokenizer.ts'
import { FileReaders } from './formats/reader/file-readers.ts'
import {
  type EmbeddingModelObject,
  fromAiSdkEmbeddingModel,
} from './models/ai-sdk/ai-sdk-embedding-model.ts'
import {
  fromAiSdkLanguageModel,
  type LanguageModelObject,
} from './models/ai-sdk/ai-sdk-language-model.ts'
import { offlineModels } from './models/offline/offline-models.ts'
import {
  embeddingModelCheck,
  languageModelCheck,
  watchedEmbeddingModel,
  watchedLanguageModel,
} from './models/schedule/watched-models.ts'
import { refuseUnfitNode } from './server/guards/unfit-node.ts'
import { openSqliteStore } from './stores/sqlite/sqlite-store.ts'
import { filesIn } from './workspaces/folder/files-in.ts'

export type { CheckedFiles, FileToCheck, FileVerdict } from './engine/documents/check-calls.ts'
export type {
  ChangeDocuments,
  ChosenDocuments,
  ChosenResult,
  DeleteChosen,
  DocumentChange,
  Metadata,
  RetryDocuments,
} from './engine/documents/chosen/chosen-calls.ts'
export type {
  Chunking,
  ClearDocumentsResponse,
  DeleteDocuments,
  DeleteDocumentsResponse,
  DocStatusResponse,
  DocumentCalls,
  InsertFile,
  InsertResponse,
  InsertTexts,
  OnConflict,
  PaginatedDocuments,
  PaginatedQuery,
  PipelineStatus,
  ProgressResponse,
  ResetStatus,
  ResetStatusResponse,
  RetryChunksResponse,
  ScanStarted,
  ScanStatus,
  TrackStatus,
  WebPage,
} from './engine/documents/document-calls.ts'
export type { FetchedPage, PageFetcher, PageVersion } from './engine/documents/page-calls.ts'
export {
  type CreateEntity,
  type CreateRelation,
  type CustomChunk,
  type CustomEntity,
  type CustomKg,
  type CustomRelation,
  type DeletionResult,
  type EditEntity,
  type EditEntityReply,
  type EditRelation,
  type EntityDetails,
  type EntityInfo,
  type EntitySource,
  EXPORT_FORMATS,
  type ExportFormat,
  type FoundEntity,
  type FoundPaths,
  type GraphCalls,
  type GraphEdge,
  type GraphEdits,
  type GraphNode,
  type GraphOverviewQuery,
  type GraphReply,
  type GraphStats,
  type KnowledgeGraph,
  type MergeEntities,
  type Neighbours,
  type NeighboursQuery,
  type OperationSummary,
  type PathQuery,
  type RelationInfo,
  type ShownEntity,
  type ShownRelation,
  type SubgraphQuery,
} from './engine/graph/graph-calls.ts'
export { LightRag } from './engine/light-rag.ts'
export type { LightRagParts } from './engine/light-rag-parts.ts'
/* The public entry `tenantrag`: what a program needs that has an engine and no server. */
export {
  EngineError,
  type EngineErrorCode,
  ModelUnavailable,
  type OutageKind,
} from './engine/ports/engine-error.ts'
export type {
  AnswerFormat,
  CallOptions,
  ChatMessage,
  EmbeddingModel,
  Generation,
  Lane,
  LanguageModel,
  TokenUsage,
} from './engine/ports/models.ts'
export { DEFAULT_SETTINGS, type EngineSettings } from './engine/ports/settings.ts'
export type { ModelUsage, Rag, RagStatus } from './engine/rag.ts'
export {
  type CallSignal,
  type Citation,
  type CutReason,
  type MetadataValue,
  type NoAnswer,
  QUERY_MODES,
  type QueryCalls,
  type QueryData,
  type QueryDataChunk,
  type QueryDataEntity,
  type QueryDataRelation,
  type QueryEvent,
  type QueryFilters,
  type QueryMode,
  type QueryParams,
  type QueryResponse,
  type Reference,
  type Statement,
  type StatementCitation,
} from './engine/retrieve/query-calls.ts'
export type { EmbeddingModelObject } from './models/ai-sdk/ai-sdk-embedding-model.ts'
export type { LanguageModelObject } from './models/ai-sdk/ai-sdk-language-model.ts'
export { UnfitNodeError } from './server/guards/unfit-node.ts'

export interface LightRagOptions {
  /** Folder of this workspace; made if need be. One process at a time may have it open. */
  readonly dir: string
  /** An AI SDK model, or one of your own. Without it the engine works by rules alone. */
  readonly llm?: LanguageModelObject | LanguageModel
  /** Whether an AI SDK model of `llm` can be held to a JSON schema; extraction then asks for JSON. */
  readonly structured?: boolean
  /** An AI SDK embedding model with its dimension, or one of your own. Without it: hashed words. */
  readonly embedding?:
    | { readonly model: EmbeddingModelObject; readonly dimension: number }
    | EmbeddingModel
  readonly settings?: Partial<EngineSettings>
}

/**
 * Opens the engine of one workspace, without any server. Close it when done.
 *
 * @throws {EngineError} `workspace_locked`, `dimension_mismatch`, `store_unavailable`
 * @throws {UnfitNodeError} on a Node that would abort
 */
export async function openLightRag(options: LightRagOptions): Promise<LightRag> {
  refuseUnfitNode()
  const offline = offlineModels(tokenCount)
  const llmHealth = new ModelHealth()
  const embeddingHealth = new ModelHealth()
  const llm = options.llm && languageModelOf(options.llm, options.structured)
  const model = llm ? watchedLanguageModel(llm, llmHealth) : null
  const given = options.embedding && embeddingOf(options.embedding)
  const embedding = given ? watchedEmbeddingModel(given, embeddingHealth) : offline.embedding
  const store = await openSqliteStore({ dir: options.dir, embedding })
  return LightRag.open({
    store,
    models: {
      ...offline,
      ...llmRoles({ extract: model, keyword: model, query: model }, store.cache, offline.rewriter),
      embedding,
      checks: {
        llm: llm ? languageModelCheck(llm, llmHealth) : { health: llmHealth, probe: null },
        embedding: given
          ? embeddingModelCheck(given, embeddingHealth)
          : { health: embeddingHealth, probe: null },
      },
    },
    ...(options.settings ? { settings: options.settings } : {}),
    files: filesIn(join(options.dir, 'inputs')),
    fileReader: new FileReaders().of(options.dir),
    workingDir: options.dir,
  })
}

function languageModelOf(
  model: LanguageModelObject | LanguageModel,
  structured: boolean | undefined,
): LanguageModel {
  return 'generate' in model ? model : fromAiSdkLanguageModel(model, { structured })
}

function embeddingOf(embedding: NonNullable<LightRagOptions['embedding']>): EmbeddingModel {
  return 'embed' in embedding
    ? embedding
    : fromAiSdkEmbeddingModel(embedding.model, embedding.dimension)
}

export type {
  AppliedFilter,
  DocStatusFilter,
  DocumentFilterFields,
  FacetsQuery,
  FacetsResponse,
} from './engine/documents/list/list-calls.ts'
export type {
  ChunkAround,
  DocumentChunks,
  DocumentChunksQuery,
  DocumentText,
  DocumentTextQuery,
  OriginalBytes,
  OriginalFile,
  ShownChunk,
} from './engine/documents/reading/reading-calls.ts'
