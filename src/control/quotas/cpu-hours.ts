import { ControlError } from '../core/control-error.ts'
import type { TenantKb } from '../kbs/tenant-kbs.ts'

const MINUTE_MS = 60_000
const MINUTES = 60

/** What a tenant took in each of the last sixty minutes, in milliseconds; the minute names the place. */
interface Hour {
  readonly minutes: Float64Array
  /** The newest of them, counted from the epoch. */
  minute: number
}

/**
 * How much of the processor each tenant has taken in the last hour, which moves on by minutes. Kept in
 * memory, of tenants that took anything within it: a restart begins the hour anew.
 *
 * Nothing is reserved, since nobody knows what a question will take: what is under way when the bound is
 * reached is finished, and counts.
 */
export class CpuHours {
  readonly #now: () => number
  readonly #hours = new Map<string, Hour>()
  #prunedAt = 0

  /** @param now in milliseconds */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Tenants of which anything is kept. */
  get size(): number {
    return this.#hours.size
  }

  /** @param ms what is no number, or less than none, is nothing */
  add(tenantId: string, ms: number): void {
    if (!(ms > 0 && Number.isFinite(ms))) return
    this.#prune()
    const hour = this.#hours.get(tenantId) ?? { minutes: new Float64Array(MINUTES), minute: 0 }
    this.#hours.set(tenantId, hour)
    moveOn(hour, this.#minute())
    const place = hour.minute % MINUTES
    hour.minutes[place] = (hour.minutes[place] ?? 0) + ms
  }

  /** Of the last hour, in seconds. */
  used(tenantId: string): number {
    return Math.round(this.#lastHour(tenantId).reduce((sum, ms) => sum + ms, 0)) / 1000
  }

  /**
   * How long it is until a tenant is below its bound, if it takes nothing meanwhile, in milliseconds:
   * 0 for one that is, at most an hour.
   */
  waitMs({ tenantId, quota: { max_cpu_seconds_per_hour: most } }: Bounded): number {
    if (most === null) return 0
    const oldestFirst = this.#lastHour(tenantId)
    let left = oldestFirst.reduce((sum, ms) => sum + ms, 0)
    if (left < most * 1000) return 0
    const untilNext = MINUTE_MS - (this.#now() % MINUTE_MS)
    for (const [i, ms] of oldestFirst.entries()) {
      left -= ms
      if (left < most * 1000) return untilNext + i * MINUTE_MS
    }
    return MINUTES * MINUTE_MS
  }

  /** @throws {ControlError} `cpu_exhausted`, until there is room again */
  assertLeft(tenantKb: Bounded): void {
    const waitMs = this.waitMs(tenantKb)
    if (waitMs === 0) return
    const most = tenantKb.quota.max_cpu_seconds_per_hour
    throw new ControlError(
      'cpu_exhausted',
      `This tenant may take ${most} seconds of the processor an hour`,
      {
        details: {
          quota: 'max_cpu_seconds_per_hour',
          limit: most,
          used: this.used(tenantKb.tenantId),
        },
        retryAfterSeconds: Math.ceil(waitMs / 1000),
      },
    )
  }

  #minute(): number {
    return Math.floor(this.#now() / MINUTE_MS)
  }

  #lastHour(tenantId: string): number[] {
    const hour = this.#hours.get(tenantId)
    if (hour === undefined) return []
    moveOn(hour, this.#minute())
    return Array.from(hour.minutes, (_, i) => hour.minutes[(hour.minute + 1 + i) % MINUTES] ?? 0)
  }

  #prune(): void {
    const minute = this.#minute()
    if (minute === this.#prunedAt) return
    this.#prunedAt = minute
    for (const [tenantId, hour] of this.#hours) {
      if (minute - hour.minute >= MINUTES) this.#hours.delete(tenantId)
    }
  }
}

type Bounded = Pick<TenantKb, 'tenantId'> & {
  readonly quota: Pick<TenantKb['quota'], 'max_cpu_seconds_per_hour'>
}

/** Empties the minutes that have begun since. A clock that goes back gives nothing back. */
function moveOn(hour: Hour, minute: number): void {
  const passed = Math.min(minute - hour.minute, MINUTES)
  for (let i = 0; i < passed; i += 1) hour.minutes[(minute - i) % MINUTES] = 0
  hour.minute = Math.max(hour.minute, minute)
}
