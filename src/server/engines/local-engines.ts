import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Config } from '../../config/config.ts'
import type { Room } from '../../engine/ports/room.ts'
import { RAG_METHODS, RAG_STREAMS, type Rag } from '../../engine/rag.ts'
import { announce, announceEnd } from '../../engine/work/announced-work.ts'
import type { ModelProbe } from '../../models/schedule/model-probes.ts'
import { registerRoutes } from '../../routes/register-routes.ts'
import { context } from '../../tenancy/context.ts'
import { limited } from '../../tenancy/proxy/limited.ts'
import { createProxy } from '../../tenancy/proxy/proxy.ts'
import type { WorkspaceRegistry } from '../../workspaces/workspace-registry.ts'
import { buildModels } from '../models/build-models.ts'
import { eventSource } from '../workspaces/event-source.ts'
import { WorkspaceEvents } from '../workspaces/workspace-events.ts'
import { createWorkspaces, type Workspaces } from '../workspaces/workspaces.ts'
import { CpuMeter } from './cpu-meter.ts'
import { dataRoutes } from './data-routes.ts'
import type { EngineServices } from './engine-services.ts'
import { webPages } from './web-pages-of.ts'

export interface LocalEnginesOptions {
  readonly registry: WorkspaceRegistry
  readonly log: FastifyBaseLogger
  readonly room: Room
  readonly services: EngineServices
}

/** The engines of a process and the handlers that call them. */
export interface LocalEngines extends Workspaces {
  readonly probes: readonly ModelProbe[]
  /** Adds the handlers of the data to a scope whose requests are admitted. */
  registerRoutes(scope: FastifyInstance): Promise<void>
}

export async function openLocalEngines(
  config: Config,
  { registry, log, room, services }: LocalEnginesOptions,
): Promise<LocalEngines> {
  const models = await buildModels(
    config,
    (record) => services.onUsage(record, context.current()?.principal.userId),
    { slots: services.slots, onNotice: ({ model, message }) => log.warn({ model }, message) },
  )
  const { ownSettings, isOpenedBare, onClosed } = services
  const meter = services.onCpu && new CpuMeter({ report: services.onCpu })
  const events = new WorkspaceEvents()
  const workspaces = createWorkspaces(config, {
    onEvent: (workspace, event) => events.publish(workspace, event),
    registry,
    models,
    log,
    room,
    ownSettings,
    isOpenedBare,
    onClosed,
    onCpu: meter?.add,
  })
  const source = eventSource({
    events,
    context,
    streams: services.streams,
    maxMs: config.EVENT_STREAM_SECONDS * 1000,
  })
  const rag = ragFor(workspaces, services)
  const pages = webPages(config)
  const routes = dataRoutes(config, rag, source, services, pages)
  return {
    ...workspaces,
    probes: models.probes,
    registerRoutes: (scope) => registerRoutes(scope, routes),
    close: async (deadlineMs) => {
      await workspaces.close(deadlineMs)
      await pages.close()
      meter?.close()
    },
  }
}

/** What the handlers get: the proxy, and around it the bounds. */
function ragFor(
  { pool }: Workspaces,
  { bounded, queries, streams, requestIdOf }: EngineServices,
): Rag {
  const rag = bounded(
    createProxy<Rag>({
      methods: RAG_METHODS,
      streams: RAG_STREAMS,
      pool,
      context,
      openStreams: streams,
      onTurn: (caller, stage) => {
        const work = { workspace: caller.workspace, stage, request: requestIdOf(caller) }
        announce(work)
        return () => announceEnd(work)
      },
    }),
  )
  if (queries === undefined) return rag
  return limited(rag, { limiter: queries, methods: ['query', 'queryData'], streams: RAG_STREAMS })
}
