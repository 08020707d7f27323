import { EngineError } from '../../src/engine/ports/engine-error.ts'
import { answerCalls } from '../../src/threads/answer-calls.ts'

/** Fails in the way it is asked to. */
answerCalls(async (way: 'engine' | 'plain' | 'exit' | 'none'): Promise<string> => {
  if (way === 'exit') process.exit(3)
  if (way === 'plain') throw 'no error at all'
  if (way === 'engine') {
    const cause = Object.assign(new RangeError('deep'), { code: 'DEEP', call: () => undefined })
    const details = { rows: 3, table: 'chunks', isLast: true }
    throw new EngineError('storage_full', 'The disk is full', { cause, details })
  }
  return 'well'
})
