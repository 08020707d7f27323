import { setImmediate as eventLoopTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isSliceOver, nextTurn, yieldIfDue } from '../../../src/engine/work/turns.ts'

// Work takes its time on a clock that nothing else moves.
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())
const work = (milliseconds: number) => void vi.advanceTimersByTime(milliseconds)

describe('turns of background work', () => {
  it('end when they have lasted long, and others then have theirs', async () => {
    let others = 0
    let working = true
    const other = (async () => {
      while (working) {
        await eventLoopTurn()
        others++
      }
    })()
    for (let i = 0; i < 20; i++) {
      await yieldIfDue()
      work(3)
    }
    working = false
    await other
    expect(others).toBeGreaterThanOrEqual(4)
  })

  it('do not end while they are short', async () => {
    await eventLoopTurn()
    await eventLoopTurn()
    let turns = 0
    setImmediate(() => turns++)
    for (let i = 0; i < 100; i++) await yieldIfDue()
    expect(turns).toBe(0)
  })

  it('are shared: many at once have no more than one', async () => {
    await nextTurn()
    work(10)
    expect(isSliceOver()).toBe(true)
    const order: string[] = []
    const job = async (name: string) => {
      for (let i = 0; i < 2; i++) {
        if (isSliceOver()) await nextTurn()
        order.push(name)
        work(10)
      }
    }
    let between = 0
    const jobs = Promise.all([job('a'), job('b'), job('c')])
    const count = () => {
      between++
      if (order.length < 6) setImmediate(count)
    }
    setImmediate(count)
    await jobs
    expect(order).toEqual(['a', 'b', 'c', 'a', 'b', 'c'])
    expect(between).toBeGreaterThanOrEqual(5)
  })
})
