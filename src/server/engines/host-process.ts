import { pino } from 'pino'
import type { LightRag } from '../../engine/light-rag.ts'
import { timerMs } from '../../engine/work/timer-ms.ts'
import { CARRIED_ERRORS } from '../../hosts/engine-host.ts'
import { guardHost } from '../../hosts/guard-host.ts'
import type { FrontCalls, HostCalls, HostStart } from '../../hosts/host-calls.ts'
import { HostChannel } from '../../hosts/host-channel.ts'
import { DecisionSeal } from '../../hosts/sealed-decision.ts'
import { armLastWords } from '../../life/last-words.ts'
import { LifeFiles, livesFolder } from '../../life/life-files.ts'
import { LIFE } from '../../life/process-life.ts'
import { logStream } from '../../log/log-stream.ts'
import { context } from '../../tenancy/context.ts'
import { closedError } from '../../tenancy/pool/pool-errors.ts'
import { OpenStreams } from '../../tenancy/proxy/open-streams.ts'
import { FolderRegistry } from '../../workspaces/folder/folder-registry.ts'
import { bodyBudgetOf } from '../guards/build-defences.ts'
import { diskRoomOf } from '../guards/disk-room.ts'
import { checkModels } from '../models/check-models.ts'
import { buildHostApp, decisionIdOf, decisionIds } from './host-app.ts'
import { openLocalEngines } from './local-engines.ts'
import { remoteServices } from './remote-services.ts'

// A process that holds engines: the front forks it, says what to do over its channel, and ends it.

const MB = 1024 * 1024

process.umask(0o077)
// Ctrl-C reaches all processes of a terminal; the front says when a host has to end.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)

const calls: Partial<HostCalls> = {
  start: async (start) => {
    Object.assign(calls, await startHost(start))
    return LIFE
  },
}
const front = new HostChannel<Partial<HostCalls>, FrontCalls>(process, {
  calls,
  errors: CARRIED_ERRORS,
  onError: (error) => console.error(error),
  // Who waits for an answer of the front must not take its death for their own failure, and write that down.
  onClose: () => process.kill(process.pid, 'SIGKILL'),
})

/** Of the pipe that only the front holds, among the descriptors of a host. */
const FRONT_PIPE = 4

async function startHost(start: HostStart): Promise<Omit<HostCalls, 'start'>> {
  const { config } = start
  armLastWords(config.WORKING_DIR, process.env)
  guardHost({
    pipe: FRONT_PIPE,
    stallCpuMs: config.HOST_STALL_CPU_SECONDS * 1000,
    maxResidentBytes: config.HOST_MAX_MB * MB,
    word: new LifeFiles(livesFolder(config.WORKING_DIR)).path(LIFE, 'died'),
  })
  const log = pino({ level: config.LOG_LEVEL }, logStream({ ...config, LOG_FORMAT: 'json' }))
  const ending = new AbortController()
  const streams = new OpenStreams(ending.signal)
  const room = diskRoomOf(config)
  const bodies = bodyBudgetOf(config)
  const engines = await openLocalEngines(config, {
    registry: new FolderRegistry(config),
    log,
    room,
    services: remoteServices(front, start, streams),
  })
  const app = await buildHostApp(config, {
    log,
    seal: new DecisionSeal(start.key),
    bodies,
    room,
    registerRoutes: engines.registerRoutes,
    hasAlias: start.hasTenants,
    onRefusal: (refusal) => {
      const id = decisionIdOf(refusal)
      if (id !== undefined) front.tell('refused', id, refusal.error.code)
    },
  })
  await app.listen({
    path: start.socketPath,
    listenTextResolver: () => 'An engine host is ready.',
  })
  const { pool } = engines
  const held = new Map<number, () => void>()
  const opened = async (workspace: string, use: (engine: LightRag) => Promise<void>) => {
    const lease = await pool.acquire(workspace, { background: true })
    try {
      await use(lease.engine)
    } finally {
      lease.release()
    }
  }
  return {
    workOff: (workspace) => opened(workspace, (engine) => engine.idle()),
    warm: (workspace) => opened(workspace, async () => undefined),
    holdClosed: (id, workspace) =>
      new Promise((resolve, reject) => {
        const whileClosed = () => {
          resolve()
          return new Promise<void>((letOpen) => held.set(id, letOpen))
        }
        pool.evict(workspace, whileClosed).catch(reject)
      }),
    letOpen: (id) => {
      held.get(id)?.()
      held.delete(id)
    },
    evict: (workspace) => engines.engines.evict(workspace),
    forget: (workspace) => engines.forget(workspace),
    engines: () => engines.engines.list(),
    gauges: () => ({ pool: pool.stats(), engines: pool.engines(), bodies: bodies.stats() }),
    endAccess: (ids) => {
      const ended = new Set(ids)
      return streams.recheck(async (open) => !ended.has(decisionIds.get(open) ?? ''))
    },
    endStreams: () => ending.abort(closedError()),
    checkModels: () => context.exit(() => checkModels(engines.probes, log, ending.signal)),
    close: async (deadlineMs) => {
      const force = setTimeout(() => app.server.closeAllConnections(), timerMs(deadlineMs))
      await app.close()
      clearTimeout(force)
      await engines.close(deadlineMs)
    },
  }
}
