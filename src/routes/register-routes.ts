import type { FastifyInstance } from 'fastify'
import type { Rag } from '../engine/rag.ts'
import { documentRoutes } from './documents.ts'
import { graphRoutes } from './graph.ts'
import { type HealthRoutesOptions, healthRoutes } from './health.ts'
import { insertRoutes } from './insert.ts'
import { queryRoutes } from './query.ts'
import { uploadRoutes } from './upload.ts'

export interface RoutesOptions {
  readonly rag: Rag
  readonly health: Omit<HealthRoutesOptions, 'rag'>
  /** Longest uploaded file, in bytes; 100 MiB unless given. */
  readonly maxUploadBytes?: number | undefined
  /** Longest JSON body with texts, in bytes; 50 MiB unless given. */
  readonly maxTextBodyBytes?: number | undefined
  /** Longest wait for an uploading client's next bytes, in milliseconds; 2 minutes unless given. */
  readonly maxUploadSilenceMs?: number | undefined
}

/** Adds LightRAG's API to an app that follows `httpConventions`. */
export async function registerRoutes(app: FastifyInstance, options: RoutesOptions): Promise<void> {
  const { rag, health } = options
  const { maxUploadBytes = 104_857_600, maxUploadSilenceMs = 120_000 } = options
  const { maxTextBodyBytes = 52_428_800 } = options
  await app.register(documentRoutes, { rag })
  await app.register(insertRoutes, { rag, maxTextBodyBytes })
  await app.register(uploadRoutes, { rag, maxUploadBytes, maxUploadSilenceMs })
  await app.register(queryRoutes, { rag })
  await app.register(graphRoutes, { rag })
  await app.register(healthRoutes, { rag, ...health })
}
