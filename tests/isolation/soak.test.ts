import { expect, it } from 'vitest'
import { soak } from './soak.ts'

it('shows nobody a foreign word while workspaces close and users are reloaded', async () => {
  const options = { workspaces: 12, seconds: 4, maxEngines: 4, clients: 8, seed: 7 }
  const report = await soak(options)
  expect(report.faults).toEqual([])
  expect(report.operations).toBeGreaterThan(20)
  expect(report.refusals).toBeGreaterThan(0)
  expect(report.evictions).toBeGreaterThan(0)
  expect(report.reloads).toBeGreaterThan(3)
})
