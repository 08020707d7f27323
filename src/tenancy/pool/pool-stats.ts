import type { EngineState, PooledEngine } from './pooled-engine.ts'

/** One workspace of a pool. For operators alone: it names workspaces. */
export interface EngineStats {
  readonly workspace: string
  readonly state: EngineState
  readonly leases: number
  readonly backgroundLeases: number
  /** Leases given out since it opened. */
  readonly granted: number
  readonly bytes: number
}

export function engineStats(entry: PooledEngine<unknown>): EngineStats {
  const { workspace, state, leases, backgroundLeases, granted, bytes } = entry
  return { workspace, state, leases, backgroundLeases, granted, bytes }
}

/** The gauges that sum up all engines of a pool. */
export function engineGauges(entries: readonly PooledEngine<unknown>[]) {
  const inState = (state: EngineState) => entries.filter((entry) => entry.state === state).length
  return {
    engines: entries.length,
    opening: inState('opening'),
    ready: inState('ready'),
    draining: inState('draining'),
    leases: entries.reduce((sum, entry) => sum + entry.leases, 0),
    backgroundLeases: entries.reduce((sum, entry) => sum + entry.backgroundLeases, 0),
  }
}
