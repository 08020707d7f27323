import { getHeapStatistics } from 'node:v8'
import { residentBytes } from '../../engine/work/resident-bytes.ts'
import type { BodyBudgetStats } from '../../http/body/body-budget.ts'
import type { OperatorGauges } from '../../routes/health.ts'
import type { PoolStats } from '../../tenancy/pool/pool-options.ts'
import type { EngineStats } from '../../tenancy/pool/pool-stats.ts'
import type { EngineGauges } from '../engines/served-engines.ts'
import type { DefenceGauges } from './build-defences.ts'

/** Counts and gauges of the whole server, for its operator alone: they name workspaces. */
export interface ServerGauges extends DefenceGauges {
  readonly pool: PoolStats
  readonly engines: readonly EngineStats[]
}

/** Bodies are read here or by hosts; a caller whose bodies are in several is counted in each. */
export function serverGauges(
  { pool, engines, bodies }: EngineGauges,
  defences: DefenceGauges,
): ServerGauges {
  const sum = (name: keyof BodyBudgetStats) =>
    bodies.reduce((all, one) => all + one[name], defences.bodies[name])
  return {
    ...defences,
    pool,
    engines,
    bodies: { bytes: sum('bytes'), callers: sum('callers'), refused: sum('refused') },
  }
}

/** The gauges of a server as `/health` shows them to its operator. */
export function operatorGauges({
  pool,
  engines,
  audit,
  queries,
  bodies,
}: ServerGauges): OperatorGauges {
  const { used_heap_size: heap_used, external_memory: external } = getHeapStatistics()
  const { backgroundLeases, backgroundWaiting, openFailed, ...gauges } = pool
  return {
    memory: { rss: residentBytes() ?? 0, heap_used, external },
    pool: {
      ...gauges,
      background_leases: backgroundLeases,
      background_waiting: backgroundWaiting,
      open_failed: openFailed,
    },
    workspaces: engines.map(({ backgroundLeases: background_leases, ...engine }) => ({
      ...engine,
      background_leases,
    })),
    audit,
    queries,
    bodies,
  }
}
