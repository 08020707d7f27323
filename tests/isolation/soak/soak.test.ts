import { expect, it } from 'vitest'
import { soak } from './soak.ts'

it('shows nobody a foreign word, and everybody their own, while workspaces close and users are reloaded', async () => {
  const report = await soak({
    workspaces: 8,
    operations: 1500,
    maxEngines: 3,
    callers: 8,
    seed: 7,
  })
  expect(report.faults).toEqual([])
  expect(report.operations).toBeGreaterThanOrEqual(1500)
  expect(report.refusals).toBeGreaterThan(0)
  expect(report.evictions).toBeGreaterThan(0)
  expect(report.reloads).toBeGreaterThan(0)
  expect(report.sweep.cold).toBeGreaterThan(0)
  expect(report.sweep.warm).toBeGreaterThan(0)
}, 300_000)
