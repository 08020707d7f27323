import { expect, it } from 'vitest'
import { chaos } from './chaos.ts'

it('lets all land that can, behind nobody’s fault, while models fail, hang, cut, lie and come back', async () => {
  const report = await chaos({
    documents: 90,
    workspaces: 3,
    seed: 11,
    timeoutSeconds: 1,
    retrySeconds: 0.2,
    faults: 0.03,
    outageEvery: 100,
    outageMs: 500,
  })
  expect(report.faults).toEqual([])
  expect(report.deleted).toBeGreaterThan(0)
  expect(report.outages).toBeGreaterThan(0)
  expect(report.laterAttempts).toBeGreaterThan(0)
})
