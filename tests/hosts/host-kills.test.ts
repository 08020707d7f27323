import { expect, it } from 'vitest'
import { hostKills } from './host-kills.ts'

it('loses, doubles and mixes up nothing while hosts and their front are killed and stopped', async () => {
  const report = await hostKills({ kills: 6, stops: 2, frontKills: 1, seed: 7 })
  expect(report.faults).toEqual([])
  expect(report.acknowledged).toBeGreaterThan(0)
  expect(report.answers).toBeGreaterThan(0)
})
