import type { FastifyInstance } from 'fastify'
import type { PageFetcher } from '../engine/documents/page-calls.ts'
import type { Rag } from '../engine/rag.ts'
import { authVerifyRoutes } from './auth-verify.ts'
import { bulkRoutes } from './documents/bulk-routes.ts'
import { documentRoutes } from './documents/document-routes.ts'
import { fileRoutes } from './documents/file-routes.ts'
import { insertRoutes } from './documents/insert.ts'
import { insertUrlRoutes } from './documents/insert-url.ts'
import { readingRoutes } from './documents/reading-routes.ts'
import { scanRoutes } from './documents/scan-routes.ts'
import { sourceConflictRoutes } from './documents/source-conflicts.ts'
import { uploadRoutes } from './documents/upload.ts'
import { type EventSource, eventRoutes } from './events.ts'
import { graphRoutes } from './graph/graph.ts'
import { graphEditRoutes } from './graph/graph-edits.ts'
import { graphExportRoutes } from './graph/graph-export.ts'
import { graphViewRoutes } from './graph/graph-view.ts'
import { type HealthRoutesOptions, healthRoutes } from './health.ts'
import { type OllamaOptions, ollamaRoutes } from './ollama/ollama.ts'
import { queryRoutes } from './query/query.ts'

export interface RoutesOptions {
  readonly rag: Rag
  /** What happens where a caller is; without it nothing is pushed. */
  readonly events?: EventSource | undefined
  readonly health: Omit<HealthRoutesOptions, 'rag'>
  readonly ollama: OllamaOptions
  /** Longest uploaded file, in bytes; 0 = no limit, 100 MiB unless given. */
  readonly maxUploadBytes?: number | undefined
  /** Longest JSON body with texts, in bytes; 50 MiB unless given. */
  readonly maxTextBodyBytes?: number | undefined
  /** Longest wait for an uploading client's next bytes, in milliseconds; 2 minutes unless given. */
  readonly maxUploadSilenceMs?: number | undefined
  /** Fetches pages of the web for documents. */
  readonly pages: PageFetcher
  /**
   * Milliseconds of silence after which a streamed answer gives a sign of life; 2 s unless given, 0 =
   * never.
   */
  readonly answerQuietMs?: number | undefined
}

/** A petabyte: to this, lengths can still be added. */
const NO_LIMIT = 2 ** 50

/** Adds LightRAG's API to an app that follows `httpConventions`. */
export async function registerRoutes(app: FastifyInstance, options: RoutesOptions): Promise<void> {
  const { rag, health, ollama } = options
  const maxUploadBytes = (options.maxUploadBytes ?? 104_857_600) || NO_LIMIT
  const { maxUploadSilenceMs = 120_000 } = options
  const { maxTextBodyBytes = 52_428_800, answerQuietMs: quietMs = 2000 } = options
  await app.register(documentRoutes, { rag })
  await app.register(bulkRoutes, { rag })
  await app.register(readingRoutes, { rag })
  await app.register(fileRoutes, { rag })
  await app.register(insertRoutes, { rag, maxTextBodyBytes })
  await app.register(insertUrlRoutes, { rag, pages: options.pages })
  await app.register(uploadRoutes, { rag, maxUploadBytes, maxUploadSilenceMs })
  await app.register(scanRoutes, { rag })
  await app.register(sourceConflictRoutes)
  if (options.events !== undefined) await app.register(eventRoutes, { events: options.events })
  await app.register(queryRoutes, { rag, quietMs })
  await app.register(graphRoutes, { rag })
  await app.register(graphViewRoutes, { rag })
  await app.register(graphEditRoutes, { rag })
  await app.register(graphExportRoutes, { rag })
  await app.register(ollamaRoutes, { rag, quietMs, ...ollama })
  await app.register(authVerifyRoutes)
  await app.register(healthRoutes, { rag, ...health })
}
