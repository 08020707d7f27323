import { expect, it } from 'vitest'
import { longestReadMs, ReadWatch } from '../../../src/formats/reader/read-watch.ts'

const LIMITS = { maxCpuMs: 60_000, maxClockMs: 600_000, maxGrowthMb: 1024 }
const BEGAN = { cpuMs: 5_000, residentMb: 100 }

/** Looks each second at a reader that gets this part of a processor; which limit it breaks, and when. */
function watched(share: number) {
  const watch = new ReadWatch(LIMITS, BEGAN, 0)
  for (let second = 1; second <= 100_000; second++) {
    const usage = { ...BEGAN, cpuMs: BEGAN.cpuMs + second * 1000 * share }
    const limit = watch.over(usage, second * 1000)
    if (limit !== null) return { limit, second }
  }
  return null
}

it('lets a reader use up its time of the processor, however little others leave it', () => {
  expect(watched(1)).toEqual({ limit: 'cpu', second: 61 })
  expect(watched(0.5)).toEqual({ limit: 'cpu', second: 121 })
  // Fifty neighbours on one processor: far beyond the limit of the clock.
  expect(watched(0.02)).toEqual({ limit: 'cpu', second: 3001 })
})

it('gives up a reader that stands still, or as good as', () => {
  expect(watched(0)).toEqual({ limit: 'clock', second: 601 })
  expect(watched(0.005)).toEqual({ limit: 'clock', second: 601 })
})

it('counts from the last work how long a reader stands still', () => {
  const watch = new ReadWatch(LIMITS, BEGAN, 0)
  const worked = { ...BEGAN, cpuMs: BEGAN.cpuMs + 20_000 }
  expect(watch.over(worked, 500_000)).toBeNull()
  expect(watch.over(worked, 1_100_000)).toBeNull()
  expect(watch.over(worked, 1_100_001)).toBe('clock')
})

it('counts what a file adds to the memory, also where something was given back before', () => {
  const watch = new ReadWatch(LIMITS, BEGAN, 0)
  const holding = (residentMb: number) => watch.over({ ...BEGAN, residentMb }, 0)
  expect(holding(1124)).toBeNull()
  expect(holding(50)).toBeNull()
  expect(holding(1074)).toBeNull()
  expect(holding(1075)).toBe('memory')
})

it('knows the longest that a reader can take by its rules', () => {
  let second = 0
  const watch = new ReadWatch(LIMITS, BEGAN, 0)
  // Each time just enough work for another wait.
  for (let cpuMs = BEGAN.cpuMs; ; second += 600, cpuMs += 6000) {
    if (watch.over({ ...BEGAN, cpuMs }, second * 1000) !== null) break
  }
  expect(second * 1000).toBeLessThanOrEqual(longestReadMs(LIMITS))
})
