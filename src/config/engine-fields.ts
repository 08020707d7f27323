import { DEFAULT_SETTINGS as ENGINE, type EngineSettings } from '../engine/ports/settings.ts'
import { CHUNK_PICK_METHODS } from '../engine/retrieve/context/pick-chunks.ts'
import { DEFAULT_ENTITY_TYPES } from '../engine/roles/extraction-prompts.ts'
import { decimal, type EnvValues, integer, list, oneOf, text } from './env-fields.ts'

/** The variables that shape how documents are taken in and questions answered. */
export const ENGINE_FIELDS = {
  CHUNK_SIZE: integer(ENGINE.chunkSize, { min: 16, max: 100_000 }, 'Of a chunk, in tokens.'),
  CHUNK_OVERLAP_SIZE: integer(
    ENGINE.chunkOverlapSize,
    { min: 0, max: 100_000 },
    'Tokens that neighbouring chunks share; at most half of CHUNK_SIZE.',
  ),
  MAX_CHUNKS_PER_DOCUMENT: integer(
    ENGINE.maxChunksPerDocument,
    { min: 1, max: 10_000_000 },
    'Chunks that one document may have; one that makes more fails.',
  ),
  TOP_K: integer(ENGINE.topK, { min: 1, max: 1000 }, 'Entities and relations a query looks for.'),
  CHUNK_TOP_K: integer(ENGINE.chunkTopK, { min: 1, max: 1000 }, 'Chunks a query keeps.'),
  MAX_ENTITY_TOKENS: integer(
    ENGINE.maxEntityTokens,
    { min: 1, max: 1_000_000 },
    'Budget of entities, in tokens.',
  ),
  MAX_RELATION_TOKENS: integer(
    ENGINE.maxRelationTokens,
    { min: 1, max: 1_000_000 },
    'Budget of relations, in tokens.',
  ),
  MAX_TOTAL_TOKENS: integer(
    ENGINE.maxTotalTokens,
    { min: 1, max: 1_000_000 },
    'Budget of a whole prompt.',
  ),
  COSINE_THRESHOLD: decimal(
    ENGINE.cosineThreshold,
    { min: -1, max: 1 },
    'Least similarity of a vector hit.',
  ),
  RELATED_CHUNK_NUMBER: integer(
    ENGINE.relatedChunkNumber,
    { min: 1, max: 1000 },
    'Chunks that an entity or relation may bring.',
  ),
  KG_CHUNK_PICK_METHOD: oneOf(
    CHUNK_PICK_METHODS,
    ENGINE.chunkPickMethod,
    'Which chunks these are: vector (nearest to the question) or weight (most spoken of).',
  ),
  MAX_GRAPH_NODES: integer(
    ENGINE.maxGraphNodes,
    { min: 1, max: 100_000 },
    'Most nodes that /graphs returns.',
  ),
  MAX_SOURCE_IDS_PER_ENTITY: integer(
    ENGINE.maxSourceIdsPerEntity,
    { min: 1, max: 1_000_000 },
    'Chunks that an entity names as its sources.',
  ),
  MAX_SOURCE_IDS_PER_RELATION: integer(
    ENGINE.maxSourceIdsPerRelation,
    { min: 1, max: 1_000_000 },
    'The same of a relation.',
  ),
  MAX_FILE_PATHS: integer(
    ENGINE.maxFilePaths,
    { min: 1, max: 100_000 },
    'Files that an item names.',
  ),
  FORCE_LLM_SUMMARY_ON_MERGE: integer(
    ENGINE.forceSummaryOnMerge,
    { min: 2, max: 10_000 },
    'Descriptions from which an item is summarised.',
  ),
  SUMMARY_MAX_TOKENS: integer(
    ENGINE.summaryMaxTokens,
    { min: 16, max: 100_000 },
    'Of a summary, in tokens.',
  ),
  SUMMARY_CONTEXT_SIZE: integer(
    ENGINE.summaryContextSize,
    { min: 64, max: 1_000_000 },
    'Of what one summary call reads, in tokens.',
  ),
  SUMMARY_LENGTH_RECOMMENDED: integer(
    ENGINE.summaryLengthRecommended,
    { min: 16, max: 100_000 },
    'Length that a summary is asked to have, in tokens.',
  ),
  SUMMARY_LANGUAGE: text('English', 'Language of extraction and summaries.'),
  ENTITY_TYPES: list(DEFAULT_ENTITY_TYPES, 'Kinds of entities that extraction looks for.'),
  ENTITY_EXTRACTION_USE_JSON: oneOf(
    ['auto', 'true', 'false'],
    'auto',
    'Whether extraction is asked for as JSON by a schema; auto = of Ollama, OpenAI and Azure.',
  ),
  MAX_GLEANING: integer(1, { min: 0, max: 1 }, 'Further extraction calls a chunk; 0 or 1.'),
  DOCUMENT_RETRY_SECONDS: decimal(
    ENGINE.retryPaceMs / 1000,
    { min: 0.01, max: 600 },
    'First wait of a document that a model fails for though it answers others; later ones are longer.',
  ),
  MAX_PARALLEL_INSERT: integer(
    ENGINE.maxParallelInsert,
    { min: 1, max: 64 },
    'Documents of one workspace processed at once.',
  ),
  SCAN_FILES: oneOf(
    ['move', 'keep'],
    ENGINE.scanFiles,
    'What a scan does with files that it took in: moves them away, or leaves them and looks again.',
  ),
  SCAN_GONE: oneOf(
    ['keep', 'disable', 'delete'],
    ENGINE.scanGone,
    'With SCAN_FILES=keep, what becomes of documents whose files are gone.',
  ),
  SCAN_WATCH_SECONDS: integer(
    0,
    { min: 0, max: 86_400 },
    'From one scan to the next of a workspace that is open; 0 = only when it is asked for.',
  ),
} as const

type Values = EnvValues<typeof ENGINE_FIELDS> & {
  readonly ENABLE_LLM_CACHE: boolean
  readonly MAX_UPLOAD_SIZE: number
  readonly MIN_RERANK_SCORE: number
  readonly RERANK_BY_DEFAULT: boolean
  readonly SEARCH_WITH_HISTORY: boolean
}

/** What the variables say of an engine; the rest is as it comes. */
export function engineSettings(values: Values): EngineSettings {
  return {
    ...ENGINE,
    chunkSize: values.CHUNK_SIZE,
    chunkOverlapSize: values.CHUNK_OVERLAP_SIZE,
    maxChunksPerDocument: values.MAX_CHUNKS_PER_DOCUMENT,
    topK: values.TOP_K,
    chunkTopK: values.CHUNK_TOP_K,
    maxEntityTokens: values.MAX_ENTITY_TOKENS,
    maxRelationTokens: values.MAX_RELATION_TOKENS,
    maxTotalTokens: values.MAX_TOTAL_TOKENS,
    cosineThreshold: values.COSINE_THRESHOLD,
    relatedChunkNumber: values.RELATED_CHUNK_NUMBER,
    chunkPickMethod: values.KG_CHUNK_PICK_METHOD,
    maxGraphNodes: values.MAX_GRAPH_NODES,
    maxSourceIdsPerEntity: values.MAX_SOURCE_IDS_PER_ENTITY,
    maxSourceIdsPerRelation: values.MAX_SOURCE_IDS_PER_RELATION,
    maxFilePaths: values.MAX_FILE_PATHS,
    forceSummaryOnMerge: values.FORCE_LLM_SUMMARY_ON_MERGE,
    summaryMaxTokens: values.SUMMARY_MAX_TOKENS,
    summaryContextSize: values.SUMMARY_CONTEXT_SIZE,
    summaryLengthRecommended: values.SUMMARY_LENGTH_RECOMMENDED,
    maxParallelInsert: values.MAX_PARALLEL_INSERT,
    retryPaceMs: values.DOCUMENT_RETRY_SECONDS * 1000,
    enableAnswerCache: values.ENABLE_LLM_CACHE,
    searchWithHistory: values.SEARCH_WITH_HISTORY,
    enableRerank: values.RERANK_BY_DEFAULT,
    minRerankScore: values.MIN_RERANK_SCORE,
    maxUploadBytes: values.MAX_UPLOAD_SIZE,
    scanFiles: values.SCAN_FILES,
    scanGone: values.SCAN_GONE,
    scanWatchMs: values.SCAN_WATCH_SECONDS * 1000,
  }
}
