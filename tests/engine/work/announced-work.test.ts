import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import {
  announce,
  announced,
  asOpening,
  comeBack,
  type Work,
} from '../../../src/engine/work/announced-work.ts'
import { Mutex } from '../../../src/engine/work/mutex.ts'
import { nextTurn } from '../../../src/engine/work/turns.ts'
import { inSlices } from '../../../src/vectors/slices.ts'

afterEach(() => announce(null))

const mutex = new Mutex()
const WAITS: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['a turn of the event loop', () => nextTurn()],
  ['an answer', () => comeBack(sleep(1))],
  ['its turn in a section', () => mutex.run(() => comeBack(sleep(1)))],
  ['a slice', () => inSlices(twoSteps(), { sliceMs: 0 })],
]

function* twoSteps(): Generator<void, void, void> {
  yield
  yield
}

it.each(WAITS)('what waited for %s is announced again when it goes on', async (_, wait) => {
  const wrong: (Work | null)[] = []
  const work = async (workspace: string) => {
    const own = { workspace, stage: 'query' }
    announce(own)
    for (let time = 0; time < 5; time++) {
      await wait()
      if (announced() !== own) wrong.push(announced())
    }
  }
  await Promise.all([work('one'), work('other'), work('third')])
  expect(wrong).toEqual([])
})

it('an opening is announced as one, without the request that asked first', async () => {
  const asker = { workspace: 'one', stage: 'query', request: '1' }
  announce(asker)
  await asOpening('one', async () => {
    await comeBack(sleep(1))
    expect(announced()).toEqual({ workspace: 'one', stage: 'open' })
  })
  expect(announced()).toBe(asker)
})
