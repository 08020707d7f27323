import { expect, it, onTestFinished } from 'vitest'
import type { CpuShare } from '../../src/control/quotas/cpu-share.ts'
import { announce } from '../../src/engine/work/announced-work.ts'
import { CpuMeter } from '../../src/server/engines/cpu-meter.ts'

function metered() {
  let spent: number | null = 0
  let worked = 0
  const told: CpuShare[] = []
  const meter = new CpuMeter({
    report: (shares) => told.push(...shares),
    spentMs: () => spent,
    workedMs: () => worked,
  })
  onTestFinished(() => {
    announce(null)
    meter.close()
  })
  return {
    meter,
    told,
    /** Works for a workspace, on a processor that is there for a part of the time. */
    work: (workspace: string, ms: number, part = 1) => {
      announce({ workspace, stage: 'query' })
      worked += ms
      if (spent !== null) spent += ms * part
      announce(null)
    },
    tellsNothing: () => {
      spent = null
    },
  }
}

it('the loop, threads and readers of a workspace are told apart, once each', () => {
  const { meter, told, work } = metered()
  work('acme', 20)
  work('globex', 5)
  work('acme', 10)
  meter.add('acme', 'texts', 40)
  meter.add('acme', 'files', 300)
  meter.add('acme', 'files', 200)
  meter.flush()
  expect(told).toEqual([
    { workspace: 'acme', kind: 'loop', ms: 30 },
    { workspace: 'globex', kind: 'loop', ms: 5 },
    { workspace: 'acme', kind: 'texts', ms: 40 },
    { workspace: 'acme', kind: 'files', ms: 500 },
  ])
  meter.flush()
  expect(told).toHaveLength(4)
})

it('time for which the loop has no processor is charged to nobody', () => {
  const { meter, told, work } = metered()
  meter.flush()
  work('acme', 4000, 0.25)
  meter.flush()
  told.length = 0
  work('acme', 1000, 0.25)
  meter.flush()
  expect(told).toEqual([{ workspace: 'acme', kind: 'loop', ms: 250 }])
})

it('where the system does not tell what a thread spends, the clock counts', () => {
  const { meter, told, work, tellsNothing } = metered()
  tellsNothing()
  meter.flush()
  work('acme', 4000)
  meter.flush()
  work('acme', 1000)
  meter.flush()
  expect(told.map(({ ms }) => ms)).toEqual([4000, 1000])
})

it('what was not told yet is told at the end', () => {
  const { meter, told } = metered()
  meter.add('acme', 'texts', 40)
  meter.close()
  expect(told).toEqual([{ workspace: 'acme', kind: 'texts', ms: 40 }])
})
