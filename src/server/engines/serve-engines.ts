import { availableParallelism, totalmem } from 'node:os'
import type { Config } from '../../config/config.ts'
import type { LogStream } from '../../log/log-stream.ts'
import { context, type TenantContext } from '../../tenancy/context.ts'
import { closedError } from '../../tenancy/pool/pool-errors.ts'
import { OpenStreams } from '../../tenancy/proxy/open-streams.ts'
import { checkModels } from '../models/check-models.ts'
import type { EngineServices } from './engine-services.ts'
import type { HostedEnginesOptions } from './hosted-engines.ts'
import type { LocalEnginesOptions } from './local-engines.ts'
import type { ServedEngines } from './served-engines.ts'

/** Below this hosts take more of the memory than they are worth. */
const LEAST_MEMORY_BYTES = 1024 ** 3
const MOST_HOSTS = 4

export interface ServeEnginesOptions
  extends Omit<LocalEnginesOptions, 'services'>,
    Pick<HostedEnginesOptions, 'quotas' | 'onRefused' | 'allGauges'> {
  readonly services: Omit<EngineServices, 'streams' | 'requestIdOf' | 'isOpenedBare'>
  readonly lines: LogStream
  /** Whether the process is the server's own. */
  readonly isProgram: boolean
}

/**
 * How many processes hold the engines; 0 = they are in this one.
 *
 * @param isProgram whether this process is the server's own; another is asked before it forks
 */
export function hostCount(
  { ENGINE_HOSTS }: Pick<Config, 'ENGINE_HOSTS'>,
  isProgram: boolean,
): number {
  if (ENGINE_HOSTS !== undefined) return ENGINE_HOSTS
  if (!isProgram) return 0
  const cores = availableParallelism()
  if (cores < 2 || totalmem() < LEAST_MEMORY_BYTES) return 0
  return Math.min(cores - 1, MOST_HOSTS)
}

/** The engines of a server: here, or in processes of their own. */
export async function serveEngines(
  config: Config,
  options: ServeEnginesOptions,
): Promise<ServedEngines> {
  const count = hostCount(config, options.isProgram)
  if (count === 0) return serveHere(config, options)
  const { startHostedEngines } = await import('./hosted-engines.ts')
  return startHostedEngines(config, { ...options, count })
}

async function serveHere(config: Config, options: ServeEnginesOptions): Promise<ServedEngines> {
  const { openLocalEngines } = await import('./local-engines.ts')
  const ending = new AbortController()
  const streams = new OpenStreams(ending.signal)
  const services = {
    ...options.services,
    streams,
    isOpenedBare: async () => false,
    requestIdOf: ({ requestId }: TenantContext) => requestId,
  }
  const engines = await openLocalEngines(config, { ...options, services })
  const { pool } = engines
  return {
    pool,
    engines: engines.engines,
    registerRoutes: engines.registerRoutes,
    evict: (workspace, whileClosed) => pool.evict(workspace, whileClosed),
    forget: engines.forget,
    recheckStreams: (isAllowed) => streams.recheck(isAllowed),
    endStreams: () => ending.abort(closedError()),
    checkModels: (signal) => context.exit(() => checkModels(engines.probes, options.log, signal)),
    gauges: () => ({ pool: pool.stats(), engines: pool.engines() }),
    refreshGauges: async () => undefined,
    close: engines.close,
  }
}
