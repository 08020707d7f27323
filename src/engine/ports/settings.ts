import type { ChunkPickMethod } from '../retrieve/context/pick-chunks.ts'

/** What shapes an engine's work; LightRAG's names and defaults, in camel case. */
export interface EngineSettings {
  /** In tokens, as is the overlap. */
  readonly chunkSize: number
  readonly chunkOverlapSize: number
  readonly maxChunksPerDocument: number
  readonly topK: number
  readonly chunkTopK: number
  /** Budgets of the context, in tokens. */
  readonly maxEntityTokens: number
  readonly maxRelationTokens: number
  readonly maxTotalTokens: number
  /** Least cosine similarity of a vector hit. */
  readonly cosineThreshold: number
  readonly relatedChunkNumber: number
  readonly chunkPickMethod: ChunkPickMethod
  readonly maxGraphNodes: number
  readonly maxSourceIdsPerEntity: number
  readonly maxSourceIdsPerRelation: number
  readonly maxFilePaths: number
  /** Fragments from which a description is summarised. */
  readonly forceSummaryOnMerge: number
  /** Descriptions of an item that are read; the rest of its sources are only counted and named. */
  readonly maxDescriptions: number
  /** In tokens. */
  readonly summaryMaxTokens: number
  readonly summaryContextSize: number
  readonly summaryLengthRecommended: number
  /** Documents processed at once. */
  readonly maxParallelInsert: number
  /** Chunks of one document extracted at once; the scheduler bounds the calls of all documents. */
  readonly maxParallelExtract: number
  /** The first wait of a document that a model failed for while it answered others. */
  readonly retryPaceMs: number
  /** Whether answers of a model are kept until the data changes, and how many of them. */
  readonly enableAnswerCache: boolean
  readonly maxCachedAnswers: number
  /** Whether a question is searched for with what it leans on of its conversation. */
  readonly searchWithHistory: boolean
  readonly enableRerank: boolean
  readonly minRerankScore: number
  /** Of one uploaded file, in bytes; 0 = no limit. */
  readonly maxUploadBytes: number
  /** What a scan does with a file that it took in: moves it away, or leaves it to look at it again. */
  readonly scanFiles: 'move' | 'keep'
  /** What becomes of documents whose files are not where they were left. */
  readonly scanGone: 'keep' | 'disable' | 'delete'
  /** From one scan to the next, while the workspace is open; 0 = nobody scans by himself. */
  readonly scanWatchMs: number
}

export const DEFAULT_SETTINGS: EngineSettings = Object.freeze({
  chunkSize: 1200,
  chunkOverlapSize: 100,
  maxChunksPerDocument: 50_000,
  topK: 40,
  chunkTopK: 20,
  maxEntityTokens: 6000,
  maxRelationTokens: 8000,
  maxTotalTokens: 30_000,
  cosineThreshold: 0.2,
  relatedChunkNumber: 5,
  chunkPickMethod: 'vector',
  maxGraphNodes: 1000,
  maxSourceIdsPerEntity: 300,
  maxSourceIdsPerRelation: 300,
  maxFilePaths: 100,
  forceSummaryOnMerge: 8,
  maxDescriptions: 24,
  summaryMaxTokens: 1200,
  summaryContextSize: 12_000,
  summaryLengthRecommended: 600,
  maxParallelInsert: 2,
  maxParallelExtract: 8,
  retryPaceMs: 5_000,
  enableAnswerCache: true,
  maxCachedAnswers: 1000,
  searchWithHistory: true,
  enableRerank: true,
  minRerankScore: 0,
  maxUploadBytes: 100 * 1024 * 1024,
  scanFiles: 'move',
  scanGone: 'keep',
  scanWatchMs: 0,
})
