import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../../config/config.ts'
import type { OwnSettings } from '../../config/own-settings.ts'
import { readingOf } from '../../config/read-fields.ts'
import type { PooledEngines } from '../../control/operators/live-engines.ts'
import { LightRag } from '../../engine/light-rag.ts'
import type { GraphBounds } from '../../engine/merge/graph-bounds.ts'
import type { PipelineEvent } from '../../engine/pipeline/pipeline-event.ts'
import type { WorkWatch } from '../../engine/pipeline/work-watch.ts'
import type { FileReader } from '../../engine/ports/file-reader.ts'
import type { Room } from '../../engine/ports/room.ts'
import { asOpening, comeBack } from '../../engine/work/announced-work.ts'
import { announcingModels } from '../../engine/work/announcing-models.ts'
import { FileReaders } from '../../formats/reader/file-readers.ts'
import { ProcessLife } from '../../life/process-life.ts'
import { logDocuments } from '../../log/log-documents.ts'
import { EnginePool } from '../../tenancy/pool/pool.ts'
import { TenancyError } from '../../tenancy/tenancy-error.ts'
import { TextThreads } from '../../texts/text-threads.ts'
import { textsApart } from '../../texts/texts-apart.ts'
import type { WorkspaceRegistry } from '../../workspaces/workspace-registry.ts'
import type { ModelProvider } from '../models/build-models.ts'
import { OpenEngines } from './open-engines.ts'

/** The engines of workspaces, opened on first use. */
export interface Workspaces {
  readonly pool: EnginePool<LightRag>
  /** The engines as whoever runs the server looks after them. */
  readonly engines: PooledEngines
  /** Forgets what is remembered of a workspace beside its engine, as when it is deleted. */
  forget(workspace: string): void
  /** Closes all within `deadlineMs`. */
  close(deadlineMs: number): Promise<void>
}

/** Where each workspace's own settings are kept. */
export interface OwnSettingsSource {
  of(workspace: string): Promise<OwnSettings>
  /** What its graph may hold at this moment. */
  graphBounds(workspace: string): Promise<GraphBounds>
  /** How long its documents are to wait for time of the processor, in milliseconds. */
  putOffMs(workspace: string): Promise<number>
}

export interface WorkspacesOptions {
  readonly registry: WorkspaceRegistry
  readonly models: ModelProvider
  readonly log: FastifyBaseLogger
  readonly room: Room
  readonly ownSettings?: OwnSettingsSource | undefined
  /** Whether a workspace is to be opened without the files that can be made again. */
  readonly isOpenedBare: (workspace: string) => Promise<boolean>
  /** Told what readers and threads took of the processor for a workspace, in milliseconds. */
  readonly onCpu?: ((workspace: string, kind: 'texts' | 'files', ms: number) => void) | undefined
  /** Told what happens to documents. */
  readonly onEvent: (workspace: string, event: PipelineEvent) => void
  /** Told of an engine that was closed and not by {@link Workspaces.close}. */
  readonly onClosed: (workspace: string) => void
}

export function createWorkspaces(config: Config, options: WorkspacesOptions): Workspaces {
  const { registry, models, log, room, onClosed, onCpu, ownSettings, isOpenedBare } = options
  const readers = new FileReaders({
    ...readingOf(config),
    onCpu: (workspace, ms) => onCpu?.(workspace, 'files', ms),
    onUnlimited: (limits) =>
      log.warn(
        { limits },
        'The system does not limit what reads files; the server watches it alone.',
      ),
  })
  const texts = new TextThreads({ onCpu: (workspace, ms) => onCpu?.(workspace, 'texts', ms) })
  const life = new ProcessLife(config.WORKING_DIR, (error) => {
    log.error({ err: error }, 'What stands still is not noticed: its thread failed.')
  })
  const toolsOf = (workspace: string): Tools => ({
    registry,
    isOpenedBare,
    fileReader: readers.of(workspace),
    texts,
    room,
    watch: life.of(workspace),
    onEvent: (event) => options.onEvent(workspace, event),
  })
  const engines = new OpenEngines(() => pool)
  const pool: EnginePool<LightRag> = new EnginePool<LightRag>({
    open: async (workspace) => {
      const tools = toolsOf(workspace)
      const opened = await asOpening(workspace, () =>
        openEngine(workspace, config, models, log, pool, tools, ownSettings),
      )
      return engines.add(workspace, opened)
    },
    close: (engine) => engine.close(),
    isExclusive: (engine) => engine.isExclusive,
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
      if (event.type === 'closed' && event.reason !== 'shutdown') onClosed(event.workspace)
    },
  })
  return {
    pool,
    engines,
    forget: (workspace) => models.forget(workspace),
    async close(deadlineMs) {
      await pool.drain(deadlineMs)
      await life.close()
      await readers.close()
      texts.close()
    },
  }
}

/** What all engines share of the process, each in its own name. */
interface Tools {
  readonly registry: WorkspaceRegistry
  readonly isOpenedBare: WorkspacesOptions['isOpenedBare']
  readonly fileReader: FileReader
  readonly texts: TextThreads
  readonly room: Room
  readonly watch: WorkWatch
  readonly onEvent: (event: PipelineEvent) => void
}

async function openEngine(
  workspace: string,
  config: Config,
  models: ModelProvider,
  log: FastifyBaseLogger,
  pool: EnginePool<LightRag>,
  { registry, texts, isOpenedBare, onEvent, ...tools }: Tools,
  own: OwnSettingsSource | undefined,
): Promise<LightRag> {
  const {
    settings,
    wording: ownWording,
    models: ownModels,
    owner,
  }: OwnSettings = (own && (await comeBack(own.of(workspace)))) ?? {
    settings: config.engine,
    wording: {},
    models: {},
  }
  const aboutIt = log.child({ workspace, ...owner })
  const logged = logDocuments(aboutIt)
  const set = await comeBack(models.with(ownModels))
  const wording = { ...(await comeBack(registry.settings(workspace))), ...ownWording }
  const { id, dimension } = set.embedding
  const { store, files } = await registry.open(workspace, {
    embedding: { id, dimension },
    indexFrom: config.VECTOR_INDEX_FROM,
    isBare: await comeBack(isOpenedBare(workspace)),
  })
  try {
    const apart = textsApart(texts, workspace, set.of(workspace, store, wording))
    return await LightRag.open({
      store,
      cutter: apart.cutter,
      models: announcingModels(apart.models),
      usage: () => models.usage(workspace),
      settings,
      ...(own === undefined
        ? {}
        : {
            graphBounds: () => own.graphBounds(workspace),
            putOffMs: () => own.putOffMs(workspace),
          }),
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
      onEvent: (event) => {
        logged(event)
        onEvent(event)
      },
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
