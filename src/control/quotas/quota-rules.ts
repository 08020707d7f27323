import type { Rag } from '../../engine/rag.ts'

/**
 * What a call of a tenant is held to before it reaches the engine:
 * - `free`: nothing; it is not counted either
 * - `counted`: the calls of the month
 * - `graph-read`: counted; with time of the processor left
 * - `query`: counted; one of the queries at once, on credit, with time of the processor left
 * - `insert-texts`, `insert-file`, `insert-graph`: as a query, but for their number at once, with room
 *   for what comes in
 * - `check-files`: counted; its answer tells for what there would be no room
 * - `graph-edit`: counted; on credit, with time and storage left and room in the graph
 * - `background`: counted; begins on credit alone, with time left
 * - `scan`: as `background`, with room for a document at least
 * - `removal`: counted; what it frees is measured again
 */
export type MethodQuota =
  | 'free'
  | 'counted'
  | 'graph-read'
  | 'query'
  | 'insert-texts'
  | 'insert-file'
  | 'insert-graph'
  | 'check-files'
  | 'graph-edit'
  | 'background'
  | 'scan'
  | 'removal'

/** The same for streams: they are counted, or read the graph, or are queries as well. */
export type StreamQuota = Extract<MethodQuota, 'counted' | 'graph-read' | 'query'>

type Stream = (...args: never[]) => AsyncIterable<unknown>

/** A rule for each method of an engine: one that has none does not compile. */
export type QuotaRules<Engine extends object> = {
  readonly [Method in keyof Engine]: Engine[Method] extends Stream ? StreamQuota : MethodQuota
}

export const QUOTA_RULES = {
  status: 'free',

  insertTexts: 'insert-texts',
  insertFile: 'insert-file',
  insertCustomKg: 'insert-graph',
  checkFiles: 'check-files',
  scan: 'scan',
  retryChunks: 'background',
  reprocessFailed: 'background',
  retryDocuments: 'background',
  changeDocuments: 'counted',
  deleteChosen: 'removal',
  deleteDocuments: 'removal',
  clearDocuments: 'removal',
  listDocuments: 'counted',
  facets: 'graph-read',
  documentsByStatus: 'counted',
  statusCounts: 'counted',
  trackStatus: 'counted',
  document: 'counted',
  documentText: 'counted',
  originalFile: 'counted',
  originalBytes: 'counted',
  chunk: 'counted',
  updateDocument: 'counted',
  documentChunks: 'counted',
  pipelineStatus: 'counted',
  clearCache: 'counted',
  resetStatus: 'counted',
  cancelPipeline: 'counted',
  scanStatus: 'counted',
  supportedFileTypes: 'counted',
  pageVersion: 'free',

  query: 'query',
  queryData: 'query',
  queryStream: 'query',

  entityCreate: 'graph-edit',
  entityEdit: 'graph-edit',
  relationCreate: 'graph-edit',
  relationEdit: 'graph-edit',
  mergeEntities: 'graph-edit',
  deleteEntity: 'counted',
  deleteRelation: 'counted',
  entityNames: 'graph-read',
  popularEntityNames: 'graph-read',
  searchEntityNames: 'graph-read',
  searchEntities: 'graph-read',
  graphVersion: 'counted',
  graphOverview: 'graph-read',
  neighbours: 'graph-read',
  entityDetails: 'graph-read',
  graphStats: 'graph-read',
  findPaths: 'graph-read',
  subgraph: 'graph-read',
  entityExists: 'counted',
  exportGraph: 'graph-read',
} as const satisfies QuotaRules<Rag>

/**
 * @param method a name that the compiler may not have seen, as of an engine that was extended
 * @throws {TypeError} when no rule says what its calls are held to: nobody may call it
 */
export function quotaRuleOf<Method extends keyof typeof QUOTA_RULES>(
  method: Method,
): (typeof QUOTA_RULES)[Method] {
  if (Object.hasOwn(QUOTA_RULES, method)) return QUOTA_RULES[method]
  throw new TypeError(`No quota is stated for the engine's method ${method}`)
}
