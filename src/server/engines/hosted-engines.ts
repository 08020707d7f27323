import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../../config/config.ts'
import type { QuotaDesk } from '../../control/quotas/quota-desk.ts'
import { RAG_METHODS, RAG_STREAMS, type Rag } from '../../engine/rag.ts'
import { timerMs } from '../../engine/work/timer-ms.ts'
import { EngineHost } from '../../hosts/engine-host.ts'
import { EngineHosts } from '../../hosts/engine-hosts.ts'
import { type Forwarded, RequestForwarding } from '../../hosts/forward-requests.ts'
import type { HostGauges } from '../../hosts/host-calls.ts'
import { HostDesk } from '../../hosts/host-desk.ts'
import { HostSockets } from '../../hosts/host-sockets.ts'
import { DecisionSeal } from '../../hosts/sealed-decision.ts'
import { unlessEnded } from '../../hosts/unless-ended.ts'
import { LifeFiles, livesFolder } from '../../life/life-files.ts'
import type { LogStream } from '../../log/log-stream.ts'
import { registerRoutes } from '../../routes/register-routes.ts'
import type { TenantContext } from '../../tenancy/context.ts'
import type { PoolStats } from '../../tenancy/pool/pool-options.ts'
import { operatorGauges, type ServerGauges } from '../guards/operator-gauges.ts'
import { CpuMeter } from './cpu-meter.ts'
import { dataRoutes } from './data-routes.ts'
import type { EngineServices } from './engine-services.ts'
import type { EngineGauges, ServedEngines } from './served-engines.ts'
import { NO_PAGES } from './web-pages-of.ts'

const KEY_BYTES = 32
/** What ends one host after the other is gone on with after so long at the latest. */
const LONGEST_REST_MS = 60_000
/** A host that does not say within so long what it holds is left out. */
const ANSWER_MS = 5000
/** Of what a host may take: what is not heap are vectors, pages of databases and threads. */
const HEAP_SHARE = 0.75

export interface HostedEnginesOptions {
  readonly count: number
  readonly log: FastifyBaseLogger
  /** Takes the lines that hosts write into the log. */
  readonly lines: LogStream
  readonly services: Omit<EngineServices, 'bounded' | 'streams' | 'requestIdOf' | 'isOpenedBare'>
  readonly quotas: QuotaDesk | undefined
  readonly onRefused: (forwarded: Forwarded, code: string) => void
  /** Told of a workspace whose host has ended by itself, once it may be opened again. */
  readonly onLost: (workspace: string) => void
  /** Of the whole server. */
  readonly allGauges: () => Promise<ServerGauges>
}

/** Engines in processes of their own, to which admitted requests are handed on. */
export function startHostedEngines(config: Config, options: HostedEnginesOptions): ServedEngines {
  const { count, log, lines, services, quotas, allGauges } = options
  const key = randomBytes(KEY_BYTES)
  const sockets = new HostSockets()
  const lives = new LifeFiles(livesFolder(config.WORKING_DIR))
  lives.prepare()
  const onError = (error: unknown) => log.error({ err: error }, 'An engine host failed.')
  const shared = shareOf(config, count)
  // What goes through the front is its work as well.
  const meter = services.onCpu && new CpuMeter({ report: services.onCpu })

  const startHost = () => {
    const desk = new HostDesk({
      slots: services.slots,
      ownSettings: services.ownSettings,
      quotas,
      queries: services.queries,
      isOpenedBare: (workspace) => hosts.suspicions.isOpenedBare(workspace),
      onUsage: services.onUsage,
      onCpu: services.onCpu,
      onClosed: services.onClosed,
      onUnsettled: (error, { tenantId, kbId }) => {
        log.error(
          { err: error, tenantId, kbId },
          'What a host had reserved counts on: it could not be settled.',
        )
      },
      onRefused: (id, code) => {
        const forwarded = forwarding.forwarded.get(id)
        if (forwarded !== undefined) options.onRefused(forwarded, code)
      },
      operatorGauges: async () => operatorGauges(await allGauges()),
    })
    return new EngineHost({
      entry: new URL('./host-process.ts', import.meta.url),
      start: {
        config: shared,
        socketPath: sockets.next(),
        key,
        about: services.about,
        hasTenants: config.multiTenant,
        hasQueryLimit: services.queries !== undefined,
      },
      desk,
      heapMb: Math.floor(config.HOST_MAX_MB * HEAP_SHARE),
      lives,
      onLine: (line) => lines.write(`${line}\n`),
      onError,
    })
  }

  const hosts = new EngineHosts({
    count,
    start: startHost,
    onError,
    onEnd: (host, { code, signal, suspect }, workspaces) => {
      sockets.remove(host.socketPath)
      const { request: _, ...work } = suspect ?? {}
      log.error(
        { pid: host.pid, code, signal, ...work },
        suspect === null
          ? 'An engine host has ended; another takes its place.'
          : 'An engine host has ended by what it worked on; another takes its place.',
      )
      // What it had in work, or had not begun, is gone on with though nobody asks.
      for (const workspace of workspaces) {
        const goOn = () => options.onLost(workspace)
        setTimeout(goOn, timerMs(hosts.suspicions.waitMs(workspace), LONGEST_REST_MS)).unref()
      }
    },
  })
  const forwarding = new RequestForwarding(hosts, new DecisionSeal(key))

  /** Of all that answer: one may end meanwhile, or stand still. */
  const ofAll = async <T>(ask: (host: EngineHost) => Promise<T>): Promise<T[]> => {
    const waiting = new AbortController()
    const late = sleep(ANSWER_MS, undefined, { signal: waiting.signal }).catch(() => undefined)
    const told = await Promise.all(
      hosts.ready.map((host) => Promise.race([ask(host).catch(() => undefined), late])),
    )
    waiting.abort()
    return told.filter((one) => one !== undefined)
  }

  /** False where there is none. A host that ends meanwhile has closed it as well. */
  const closeSoon = async (workspace: string): Promise<boolean> => {
    const host = hosts.hostOf(workspace)
    if (host === undefined) return false
    return (await unlessEnded(host, host.channel.call('evict', workspace))) ?? true
  }

  return {
    pool: {
      async acquire(workspace) {
        const { host, leave } = await hosts.enter(workspace)
        try {
          await host.channel.call('warm', workspace)
        } catch (error) {
          leave()
          throw error
        }
        return { engine: { idle: () => host.channel.call('workOff', workspace) }, release: leave }
      },
    },
    engines: {
      list: async () => (await ofAll(({ channel }) => channel.call('engines'))).flat(),
      quarantined: () => hosts.suspicions.quarantined(),
      free: (workspace) => hosts.free(workspace),
      evict: closeSoon,
    },
    registerRoutes: async (scope) => {
      forwarding.register(scope)
      const routes = dataRoutes(config, notHere(), { open: refused }, services, NO_PAGES)
      await registerRoutes(scope, routes)
    },
    evict: async (workspace, whileClosed) => {
      if (whileClosed !== undefined) await hosts.evict(workspace, whileClosed)
      else await closeSoon(workspace)
    },
    forget: (workspace) => hosts.hostOf(workspace)?.channel.tell('forget', workspace),
    recheckStreams: (isAllowed) => recheck([...forwarding.forwarded], isAllowed),
    endStreams: () => {
      for (const { channel } of hosts.ready) channel.tell('endStreams')
    },
    checkModels: async (signal) => {
      await hosts.started()
      if (!signal.aborted) await hosts.ready[0]?.channel.call('checkModels')
    },
    gauges: async () => sumOf(await ofAll(({ channel }) => channel.call('gauges'))),
    close: async (deadlineMs) => {
      const living = hosts.living
      await hosts.close(deadlineMs)
      meter?.close()
      for (const { socketPath } of living) sockets.remove(socketPath)
    },
  }
}

function refused(): never {
  throw new TypeError('Engines are not in this process')
}

/** What the front itself must never call: requests with a workspace go to a host. */
function notHere(): Rag {
  const methods = [...RAG_METHODS, ...RAG_STREAMS].map((name) => [name, refused])
  return Object.freeze(Object.fromEntries(methods))
}

/** Each host has its part of what all engines may take. */
function shareOf(config: Config, count: number): Config {
  return {
    ...config,
    POOL_MAX_ENGINES: Math.max(
      config.POOL_PINNED.length + 1,
      Math.ceil(config.POOL_MAX_ENGINES / count),
    ),
    POOL_MAX_MB: Math.ceil(config.POOL_MAX_MB / count),
  }
}

async function recheck(
  forwarded: readonly (readonly [string, Forwarded])[],
  isAllowed: (context: TenantContext) => Promise<boolean>,
): Promise<void> {
  const ended = new Map<EngineHost, string[]>()
  await Promise.all(
    forwarded.map(async ([id, { admission, host }]) => {
      if (await isAllowed(admission.context).catch(() => false)) return
      ended.set(host, [...(ended.get(host) ?? []), id])
    }),
  )
  for (const [host, ids] of ended) host.channel.tell('endAccess', ids)
}

function sumOf(all: readonly HostGauges[]): EngineGauges {
  const pool: Record<keyof PoolStats, number> = { ...NOTHING }
  for (const gauges of all) {
    for (const name of Object.keys(NOTHING) as (keyof PoolStats)[]) pool[name] += gauges.pool[name]
  }
  return {
    pool,
    engines: all.flatMap(({ engines }) => engines),
    bodies: all.map(({ bodies }) => bodies),
  }
}

const NOTHING: PoolStats = {
  engines: 0,
  opening: 0,
  ready: 0,
  draining: 0,
  leases: 0,
  backgroundLeases: 0,
  bytes: 0,
  waiting: 0,
  backgroundWaiting: 0,
  opened: 0,
  openFailed: 0,
  closed: 0,
  exhausted: 0,
}
