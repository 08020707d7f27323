import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { announce, comeBack, hearOfWork } from '../../../src/engine/work/announced-work.ts'
import { LoopTime } from '../../../src/engine/work/loop-time.ts'

function counted(workedMs: () => number) {
  const taken = new Map<string, number>()
  const time = new LoopTime((workspace, ms) => {
    taken.set(workspace, (taken.get(workspace) ?? 0) + ms)
  }, workedMs)
  return { time, taken: () => Object.fromEntries(taken) }
}

it('the time of the loop belongs to the work that was announced before it', () => {
  let worked = 0
  const { time, taken } = counted(() => worked)
  const pass = (ms: number) => {
    worked += ms
  }
  pass(7)
  time.turnTo({ workspace: 'one', stage: 'query' })
  pass(3)
  time.turnTo({ workspace: 'other', stage: 'query' })
  pass(20)
  time.settle()
  expect(taken()).toEqual({ one: 3, other: 20 })
  pass(5)
  time.turnTo(null)
  pass(100)
  time.turnTo({ workspace: 'one', stage: 'embed' })
  pass(1)
  time.settle()
  expect(taken()).toEqual({ one: 4, other: 25 })
})

it('while the loop waits nobody is charged, whoever was announced last', async () => {
  const taken = new Map<string, number>()
  const time = new LoopTime((workspace, ms) => {
    taken.set(workspace, (taken.get(workspace) ?? 0) + ms)
  })
  onTestFinished(hearOfWork((work) => time.turnTo(work)))
  onTestFinished(() => announce(null))
  // As asleep as a test can be: whatever it takes, the one who holds the loop takes more.
  announce({ workspace: 'waits', stage: 'query' })
  await comeBack(sleep(1000))
  announce({ workspace: 'works', stage: 'query' })
  const until = performance.now() + 500
  while (performance.now() < until);
  announce(null)
  expect(taken.get('works')).toBeGreaterThanOrEqual(499)
  expect(taken.get('waits') ?? 0).toBeLessThan(taken.get('works') ?? 0)
})

it("what runs in a later turn of the loop without a word is nobody's", async () => {
  let worked = 0
  const { time, taken } = counted(() => worked)
  time.turnTo({ workspace: 'one', stage: 'query' })
  worked += 3
  await nextTurn()
  worked += 100
  time.turnTo({ workspace: 'other', stage: 'query' })
  worked += 5
  await Promise.resolve()
  worked += 6
  time.settle()
  expect(taken()).toEqual({ one: 3, other: 11 })
})

it('all who want to hear of work do, each until they have enough', () => {
  const heard: string[] = []
  const endFirst = hearOfWork((work) => heard.push(`first ${work?.stage}`))
  const endSecond = hearOfWork((work) => heard.push(`second ${work?.stage}`))
  announce({ workspace: 'one', stage: 'query' })
  endFirst()
  announce({ workspace: 'one', stage: 'embed' })
  endSecond()
  announce(null)
  expect(heard).toEqual(['first query', 'second query', 'second embed'])
})
