import { expect, it } from 'vitest'
import { type ModelNotice, onceAnHour } from '../../../src/models/calls/notices.ts'

const HOUR = 3_600_000

it('passes a notice of each model on once an hour', () => {
  const told: ModelNotice[] = []
  let now = 0
  const tell = onceAnHour(
    (notice) => told.push(notice),
    () => now,
  )
  const slow = { model: 'a', message: 'It is slow.' }
  for (const notice of [slow, slow, { ...slow, model: 'b' }, { ...slow, message: 'It is out.' }]) {
    tell(notice)
  }
  expect(told).toHaveLength(3)
  now = HOUR - 1
  tell(slow)
  expect(told).toHaveLength(3)
  now = HOUR
  tell(slow)
  expect(told).toHaveLength(4)
})
