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

export interface ServeEnginesOptions
  extends Omit<LocalEnginesOptions, 'services'>,
    Pick<HostedEnginesOptions, 'quotas' | 'onRefused' | 'onLost' | 'allGauges'> {
  readonly services: Omit<EngineServices, 'streams' | 'requestIdOf' | 'isOpenedBare'>
  readonly lines: LogStream
}

/** The engines of a server: here, or in processes of their own. */
export async function serveEngines(
  config: Config,
  options: ServeEnginesOptions,
): Promise<ServedEngines> {
  const count = config.ENGINE_HOSTS
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
    gauges: async () => ({ pool: pool.stats(), engines: pool.engines(), bodies: [] }),
    close: engines.close,
  }
}
