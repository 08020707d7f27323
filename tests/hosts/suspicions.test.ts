import { describe, expect, it } from 'vitest'
import { Suspicions } from '../../src/hosts/suspicions.ts'

const HOUR = 3_600_000

function suspicions() {
  const clock = { now: 0 }
  return { clock, all: new Suspicions(() => clock.now) }
}

const call = (workspace: string) => ({ workspace, stage: 'query', request: '1' })
const opening = (workspace: string) => ({ workspace, stage: 'open' })
const step = (workspace: string) => ({ workspace, stage: 'merge', document: 'doc-1' })

describe('a workspace', () => {
  it('is quarantined after the second host that its calls ended, and not for those of another', () => {
    const { all } = suspicions()
    all.blame(call('one'))
    all.blame(call('other'))
    expect(all.quarantined()).toEqual([])
    all.blame(call('One'))
    expect(all.isQuarantined('one')).toBe(true)
    expect(all.quarantined()).toEqual(['One'])
    expect(all.isQuarantined('other')).toBe(false)
  })

  it('is opened bare after one death at the opening, and quarantined after the second', () => {
    const { all } = suspicions()
    all.blame(opening('one'))
    expect(all.isOpenedBare('one')).toBe(true)
    expect(all.isQuarantined('one')).toBe(false)
    all.blame(opening('one'))
    expect(all.isQuarantined('one')).toBe(true)
    expect(all.isOpenedBare('other')).toBe(false)
  })

  it('may have two documents that are given up, each after two deaths', () => {
    const { all } = suspicions()
    for (let death = 1; death <= 3; death++) all.blame(step('one'))
    expect(all.isQuarantined('one')).toBe(false)
    all.blame(step('one'))
    expect(all.isQuarantined('one')).toBe(true)
  })

  it('waits twice as long after each further death, up to a minute', () => {
    const { all, clock } = suspicions()
    all.blame(call('one'))
    all.blame(call('one'))
    expect(all.waitMs('one')).toBe(0)
    const waits = Array.from({ length: 9 }, () => {
      all.blame(call('one'))
      return all.waitMs('one') / 1000
    })
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
    clock.now += 59_000
    expect(all.waitMs('one')).toBe(1000)
  })

  it('is forgotten after an hour without a death, or when it is freed', () => {
    const { all, clock } = suspicions()
    all.blame(call('one'))
    clock.now = HOUR - 1
    all.blame(call('one'))
    clock.now = 2 * HOUR - 2
    expect(all.isQuarantined('one')).toBe(true)
    clock.now = 2 * HOUR - 1
    expect(all.quarantined()).toEqual([])
    all.blame(call('one'))
    expect(all.isQuarantined('one')).toBe(false)
    all.blame(call('one'))
    expect(all.free('one')).toBe(true)
    expect(all.isQuarantined('one')).toBe(false)
    expect(all.free('one')).toBe(false)
  })
})
