import { describe, expect, it } from 'vitest'
import { CpuHours } from '../../../src/control/quotas/cpu-hours.ts'

const MINUTE = 60_000

function hours(start = 1_000 * MINUTE) {
  let now = start
  const kept = new CpuHours(() => now)
  const bounded = (most: number | null) => ({
    tenantId: 'acme',
    quota: { max_cpu_seconds_per_hour: most },
  })
  return {
    kept,
    pass: (ms: number) => {
      now += ms
    },
    bounded,
    waitMs: (most: number | null) => kept.waitMs(bounded(most)),
  }
}

describe('what a tenant takes of the processor in an hour', () => {
  it('is summed up over the last 60 minutes, and leaves them minute by minute', () => {
    const { kept, pass } = hours()
    for (let minute = 0; minute < 60; minute += 1) {
      kept.add('acme', 1000)
      pass(MINUTE)
    }
    // The first minute has left by now.
    expect(kept.used('acme')).toBe(59)
    kept.add('acme', 500)
    expect(kept.used('acme')).toBe(59.5)
    pass(30 * MINUTE)
    expect(kept.used('acme')).toBe(29.5)
    pass(30 * MINUTE)
    expect(kept.used('acme')).toBe(0)
    expect(kept.used('globex')).toBe(0)
  })

  it('is refused from its bound on, with how long it is until enough has left the hour', () => {
    const { kept, pass, waitMs, bounded } = hours(1_000 * MINUTE + 15_000)
    kept.add('acme', 6000)
    pass(10 * MINUTE)
    kept.add('acme', 3000)
    expect(waitMs(null)).toBe(0)
    expect(waitMs(10)).toBe(0)
    // The first six leave in 49 minutes and 45 seconds; a bound of three needs the others to go too.
    expect(waitMs(9)).toBe(50 * MINUTE - 15_000)
    expect(waitMs(3)).toBe(60 * MINUTE - 15_000)
    expect(() => kept.assertLeft(bounded(9))).toThrowError(
      expect.objectContaining({
        code: 'cpu_exhausted',
        message: 'This tenant may take 9 seconds of the processor an hour',
        retryAfterSeconds: 50 * 60 - 15,
        details: { quota: 'max_cpu_seconds_per_hour', limit: 9, used: 9 },
      }),
    )
    pass(50 * MINUTE - 15_001)
    expect(waitMs(9)).toBe(1)
    pass(1)
    expect(waitMs(9)).toBe(0)
    expect(() => kept.assertLeft(bounded(9))).not.toThrow()
  })

  it('of nothing allowed is refused at any time', () => {
    const { waitMs } = hours()
    expect(waitMs(0)).toBe(60 * MINUTE)
  })

  it('comes back by no clock that goes back', () => {
    const { kept, pass, waitMs } = hours()
    kept.add('acme', 5000)
    pass(-30 * MINUTE)
    kept.add('acme', 5000)
    expect(kept.used('acme')).toBe(10)
    expect(waitMs(10)).toBeGreaterThan(0)
    pass(30 * MINUTE)
    expect(kept.used('acme')).toBe(10)
  })

  it('is kept of those alone who took something within it', () => {
    const { kept, pass } = hours()
    for (let n = 0; n < 5000; n += 1) kept.add(`tenant ${n}`, 1)
    expect(kept.size).toBe(5000)
    pass(61 * MINUTE)
    kept.add('acme', 1)
    expect(kept.size).toBe(1)
  })

  it('counts nothing that is no time', () => {
    const { kept } = hours()
    for (const ms of [Number.NaN, -5, 0, Number.POSITIVE_INFINITY]) kept.add('acme', ms)
    expect(kept.used('acme')).toBe(0)
    expect(kept.size).toBe(0)
  })
})
