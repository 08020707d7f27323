import { afterEach, describe, expect, it } from 'vitest'
import { EngineError } from '../../src/engine/ports/engine-error.ts'
import { startThread } from '../../src/threads/start-thread.ts'
import { ThreadCalls, ThreadEnded } from '../../src/threads/thread-calls.ts'

type Way = 'engine' | 'plain' | 'exit' | 'none'

describe('a question to a thread', () => {
  const ended: ThreadEnded[] = []
  const calls = new ThreadCalls<Way, string>(
    () => startThread(new URL('./failing-child.ts', import.meta.url)),
    { errors: { EngineError }, onEnd: (end) => ended.push(end) },
  )
  const failure = (way: Way) => calls.call(way).catch((error: unknown) => error)
  afterEach(() => calls.close())

  it('fails with the error of the engine, with its class, code, details, place and cause', async () => {
    const error = await failure('engine')
    expect(error).toBeInstanceOf(EngineError)
    expect(error).toMatchObject({
      name: 'EngineError',
      code: 'storage_full',
      message: 'The disk is full',
      details: { rows: 3, table: 'chunks', isLast: true },
      stack: expect.stringContaining('failing-child'),
      cause: expect.objectContaining({ name: 'RangeError', message: 'deep', code: 'DEEP' }),
    })
  })

  it('fails with an error whatever was thrown, and the thread answers on', async () => {
    expect(await failure('plain')).toMatchObject({ message: 'no error at all' })
    expect(await calls.call('none')).toBe('well')
  })

  it('fails when the thread ends, as do those behind it; the next gets a new thread', async () => {
    const before = ended.length
    const failures = await Promise.all([failure('exit'), failure('none')])
    expect(failures.every((error) => error instanceof ThreadEnded)).toBe(true)
    expect(ended).toHaveLength(before + 1)
    expect(calls.isStarted).toBe(false)
    expect(await calls.call('none')).toBe('well')
  })

  it('is answered before the thread ends of itself', async () => {
    const answer = calls.call('none')
    await calls.finish()
    expect(await answer).toBe('well')
    expect(calls.isStarted).toBe(false)
  })
})
