import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../../config/config.ts'
import { readingOf } from '../../config/read-fields.ts'
import type { PooledEngines } from '../../control/operators/live-engines.ts'
import { LightRag } from '../../engine/light-rag.ts'
import type { GraphBounds } from '../../engine/merge/graph-bounds.ts'
import type { WorkWatch } from '../../engine/pipeline/work-watch.ts'
import type { FileReader } from '../../engine/ports/file-reader.ts'
import type { Room } from '../../engine/ports/room.ts'
import type { EngineSettings } from '../../engine/ports/settings.ts'
import { FileReaders } from '../../formats/reader/file-readers.ts'
import { ProcessLife } from '../../life/process-life.ts'
import { logDocuments } from '../../log/log-documents.ts'
import { EnginePool } from '../../tenancy/pool/pool.ts'
import { warmPool } from '../../tenancy/pool/warm-pool.ts'
import { TenancyError } from '../../tenancy/tenancy-error.ts'
import type { WorkspaceRegistry } from '../../workspaces/workspace-registry.ts'
import type { WorkspaceWording } from '../../workspaces/workspace-wording.ts'
import type { ModelProvider } from '../models/build-models.ts'
import { OpenEngines } from './open-engines.ts'
import { PendingSweep } from './pending-sweep.ts'

/** The engines of all workspaces, opened on first use, and the upkeep of what they left undone. */
export interface Workspaces {
  readonly pool: EnginePool<LightRag>
  /** The engines as whoever runs the server looks after them. */
  readonly engines: PooledEngines
  /** Takes up the pending documents of every workspace on disk. */
  resume(): Promise<void>
  /** Forgets what is remembered of a workspace beside its engine, as when it is deleted. */
  forget(workspace: string): void
  /** Closes all within `deadlineMs`. */
  close(deadlineMs: number): Promise<void>
}

/** What a workspace has of its own, in place of what the server has for all. */
export type OwnSettings = (workspace: string) => Promise<{
  readonly settings: EngineSettings
  readonly wording: WorkspaceWording
  /** What of the configuration is another for its models. */
  readonly models: Partial<Config>
  /** What its graph may hold, at any moment. */
  readonly graphBounds?: () => Promise<GraphBounds>
  /** Whose it is, for each line of the log that is about it. */
  readonly owner?: { readonly tenant_id: string; readonly kb_id: string } | undefined
}>

export function createWorkspaces(
  config: Config,
  registry: WorkspaceRegistry,
  models: ModelProvider,
  log: FastifyBaseLogger,
  room: Room,
  own: OwnSettings = async () => ({ settings: config.engine, wording: {}, models: {} }),
): Workspaces {
  const readers = new FileReaders(readingOf(config))
  const life = new ProcessLife(config.WORKING_DIR, (error) => {
    log.error({ err: error }, 'What stands still is not noticed: its thread failed.')
  })
  const toolsOf = (workspace: string): Tools => ({
    registry,
    fileReader: readers.of(workspace),
    room,
    watch: life.of(workspace),
  })
  const engines = new OpenEngines(() => pool)
  const pool: EnginePool<LightRag> = new EnginePool<LightRag>({
    open: async (workspace) =>
      engines.add(
        workspace,
        await openEngine(workspace, config, models, log, pool, toolsOf(workspace), own),
      ),
    close: (engine) => engine.close(),
    bytesOf: (engine) => engine.bytes(),
    maxEngines: config.POOL_MAX_ENGINES,
    maxBytes: config.POOL_MAX_MB * 1024 * 1024,
    idleMs: config.POOL_IDLE_SECONDS * 1000,
    pinned: config.POOL_PINNED,
    acquireTimeoutMs: config.POOL_ACQUIRE_TIMEOUT_SECONDS * 1000,
    onEvent: (event) => {
      if (event.type === 'closed' || event.type === 'close_failed') engines.remove(event.workspace)
      if (event.type === 'open_failed' || event.type === 'close_failed') {
        log.error({ err: event.error, workspace: event.workspace }, `workspace ${event.type}`)
      } else {
        log.debug(event, 'pool')
      }
      // Closed to make room, perhaps with work left: it goes on when there is room again.
      if (event.type === 'closed' && event.reason !== 'shutdown') sweep.add(event.workspace)
    },
  })
  const sweep = new PendingSweep<LightRag>({
    pool,
    workAt: (workspace) => registry.pendingWorkAt(workspace),
    width: Math.max(1, Math.floor(config.POOL_MAX_ENGINES / 4)),
    onError: (message, error) => log.error({ err: error }, message),
  })
  return {
    pool,
    engines,
    async resume() {
      const wanted = [...new Set([...config.POOL_PINNED, ...config.POOL_WARM])]
      await warmPool(pool, wanted, (workspace, error) => {
        log.error({ err: error, workspace }, 'The workspace cannot be opened in advance.')
      })
      for (const workspace of await registry.list()) sweep.add(workspace)
    },
    forget: (workspace) => models.forget(workspace),
    async close(deadlineMs) {
      sweep.stop()
      await pool.drain(deadlineMs)
      await life.close()
      await readers.close()
    },
  }
}

/** What all engines share of the process, each in its own name. */
interface Tools {
  readonly registry: WorkspaceRegistry
  readonly fileReader: FileReader
  readonly room: Room
  readonly watch: WorkWatch
}

async function openEngine(
  workspace: string,
  config: Config,
  models: ModelProvider,
  log: FastifyBaseLogger,
  pool: EnginePool<LightRag>,
  { registry, ...tools }: Tools,
  own: OwnSettings,
): Promise<LightRag> {
  const {
    settings,
    wording: ownWording,
    models: ownModels,
    graphBounds,
    owner,
  } = await own(workspace)
  const aboutIt = log.child({ workspace, ...owner })
  const set = await models.with(ownModels)
  const wording = { ...(await registry.settings(workspace)), ...ownWording }
  const { id, dimension } = set.embedding
  const { store, files } = await registry.open(workspace, {
    embedding: { id, dimension },
    indexFrom: config.VECTOR_INDEX_FROM,
  })
  try {
    return await LightRag.open({
      store,
      models: set.of(workspace, store, wording),
      usage: () => models.usage(workspace),
      settings,
      ...(graphBounds === undefined ? {} : { graphBounds }),
      files,
      ...tools,
      workingDir: config.WORKING_DIR,
      configuration: configurationOf({ ...config, ...ownModels }, workspace),
      background: async (job, signal) => {
        const lease = await pool.acquire(workspace, { background: true, signal })
        try {
          return await job()
        } finally {
          lease.release()
        }
      },
      onEvent: logDocuments(aboutIt),
      onError: (message, error) => {
        // Work that a shutdown interrupts goes on after the next start.
        const closing = error instanceof TenancyError && error.code === 'pool_closed'
        aboutIt[closing ? 'debug' : 'error']({ err: error }, message)
      },
    })
  } catch (error) {
    await store.close()
    throw error
  }
}

/** LightRAG's `configuration` of `/health`, as far as it applies; no key and no host's secret. */
function configurationOf(config: Config, workspace: string): Record<string, unknown> {
  return {
    llm_binding: config.LLM_BINDING,
    llm_binding_host: config.LLM_BINDING_HOST ?? '',
    llm_model: config.LLM_MODEL ?? 'offline',
    embedding_binding: config.EMBEDDING_BINDING,
    embedding_binding_host: config.EMBEDDING_BINDING_HOST ?? config.LLM_BINDING_HOST ?? '',
    embedding_model: config.EMBEDDING_MODEL ?? 'offline',
    summary_max_tokens: config.SUMMARY_MAX_TOKENS,
    summary_context_size: config.SUMMARY_CONTEXT_SIZE,
    kv_storage: 'sqlite',
    doc_status_storage: 'sqlite',
    graph_storage: 'sqlite',
    vector_storage: 'sqlite',
    enable_llm_cache_for_extract: config.ENABLE_LLM_CACHE_FOR_EXTRACT,
    enable_llm_cache: config.ENABLE_LLM_CACHE,
    workspace,
    max_graph_nodes: config.MAX_GRAPH_NODES,
    enable_rerank: config.RERANK_BINDING !== 'null',
    rerank_binding: config.RERANK_BINDING,
    rerank_model: config.RERANK_MODEL ?? null,
    rerank_binding_host: config.RERANK_BINDING_HOST ?? null,
    summary_language: config.SUMMARY_LANGUAGE,
    force_llm_summary_on_merge: config.FORCE_LLM_SUMMARY_ON_MERGE,
    max_parallel_insert: config.MAX_PARALLEL_INSERT,
    cosine_threshold: config.COSINE_THRESHOLD,
    min_rerank_score: config.MIN_RERANK_SCORE,
    related_chunk_number: config.RELATED_CHUNK_NUMBER,
    kg_chunk_pick_method: config.KG_CHUNK_PICK_METHOD.toUpperCase(),
    max_async: config.MAX_ASYNC,
    embedding_func_max_async: config.EMBEDDING_FUNC_MAX_ASYNC,
    embedding_batch_num: config.EMBEDDING_BATCH_NUM,
  }
}
