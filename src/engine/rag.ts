/**
 * The engine as its callers see it: everything that a route handler may ask of one workspace.
 *
 * Each method takes and returns plain data (structured-cloneable) or async iterables of it, so that
 * an engine can live in another thread. Abort signals travel beside the arguments. Names of fields
 * are those of LightRAG's API.
 */

import { DOCUMENT_METHODS, type DocumentCalls } from './documents/document-calls.ts'
import { GRAPH_METHODS, type GraphCalls } from './graph/graph-calls.ts'
import { QUERY_METHODS, type QueryCalls } from './retrieve/query-calls.ts'

/** What `/health` tells of an engine. */
export interface RagStatus {
  readonly pipeline_busy: boolean
  readonly working_directory: string
  readonly input_directory: string
  /** As LightRAG's `configuration` object. */
  readonly configuration: Record<string, unknown>
  readonly counts: {
    readonly documents: number
    readonly chunks: number
    readonly entities: number
    readonly relations: number
  }
  /** Memory held for the workspace, native memory included. */
  readonly bytes: number
  /** What does not work as it should; empty while all does. */
  readonly reasons: readonly DegradedReason[]
  /** By the ids of the models; since the process started, where that is counted. */
  readonly usage?: Readonly<Record<string, ModelUsage>>
}

/** Something that does not work for now. */
export interface DegradedReason {
  readonly code: 'language_model_out' | 'embedding_model_out' | 'storage_full'
  /** ISO 8601; null where nobody noted when it began. */
  readonly since: string | null
  /** What it means, and what to do. */
  readonly hint: string
}

/** Sums of what a model was asked and answered. */
export interface ModelUsage {
  readonly calls: number
  readonly prompt_tokens: number
  readonly completion_tokens: number
}

/** All that a handler may call. */
export interface Rag extends DocumentCalls, QueryCalls, GraphCalls {
  status(): Promise<RagStatus>
}

/** The methods that answer with a promise. */
export const RAG_METHODS = [
  ...DOCUMENT_METHODS,
  ...QUERY_METHODS,
  ...GRAPH_METHODS,
  'status',
] as const satisfies readonly (keyof Rag)[]

/** The methods that answer with an async iterable. */
export const RAG_STREAMS = [
  'queryStream',
  'exportGraph',
  'graphOverview',
  'originalBytes',
] as const satisfies readonly (keyof Rag)[]
