import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LoneProcess } from '../../src/threads/lone-process.ts'
import { startThread } from '../../src/threads/start-thread.ts'
import { ThreadEnded } from '../../src/threads/thread-calls.ts'
import { NoThread, ThreadOver } from '../../src/threads/thread-job.ts'
import { ThreadPool } from '../../src/threads/thread-pool.ts'
import type { Way } from './hungry-child.ts'

const MB = 1024 * 1024
const LONG = 600_000

let pool: ThreadPool<Way, string>
beforeEach(() => {
  const worker = new URL('./hungry-child.ts', import.meta.url)
  const heapMb = 2048
  const maxBytes = 128 * MB
  const start = () => startThread(worker, { resourceLimits: { maxOldGenerationSizeMb: heapMb } })
  const apart = (maxCpuMs: number) =>
    new LoneProcess<Way, string>({ worker, heapMb, maxBytes, maxCpuMs })
  pool = new ThreadPool(start, { maxBytes, apart })
})
afterEach(() => pool.close())

const outcome = (way: Way, maxCpuMs: number, signal?: AbortSignal) =>
  pool.run(way, maxCpuMs, signal).catch((error: unknown) => error)

describe('a pool of threads', () => {
  it('starts none before it is asked, and asks one again that has answered', async () => {
    expect(pool.size).toBe(0)
    expect(await pool.run('none', LONG)).toBe('well')
    expect(await pool.run('none', LONG)).toBe('well')
    expect(pool.size).toBe(1)
  })

  it('ends what spends more of the processor than it may, and the next has a new thread', async () => {
    expect(await outcome('spin', 200)).toMatchObject({ name: 'ThreadOver', limit: 'cpu' })
    expect(pool.size).toBe(0)
    expect(await pool.run('none', LONG)).toBe('well')
  })

  it('lets the event loop turn while a thread spins', async () => {
    let turns = 0
    const beat = setInterval(() => turns++, 10)
    await outcome('spin', 300)
    clearInterval(beat)
    expect(turns).toBeGreaterThan(5)
  })

  it.each(['objects', 'numbers', 'map', 'set', 'doubled', 'matches'] as const)(
    'ends what takes all memory as %s, and not the process',
    async (way) => {
      const [over, answer] = await Promise.all([outcome(way, LONG), pool.run('none', LONG)])
      expect(over).toMatchObject({ name: 'ThreadOver', limit: 'memory' })
      expect(answer).toBe('well')
      expect(await pool.run('none', LONG)).toBe('well')
    },
    120_000,
  )

  it('asks anew who was at work while another took the memory, and refuses that one', async () => {
    const spinning = new AbortController()
    const spin = outcome('spin', LONG, spinning.signal)
    const over = await outcome('objects', LONG)
    expect(over).toBeInstanceOf(ThreadOver)
    expect(over).toMatchObject({ limit: 'memory' })
    spinning.abort(new Error('nobody wants it'))
    expect(await spin).toMatchObject({ message: 'nobody wants it' })
  }, 120_000)

  it('refuses nobody for memory that comes back when another ends', async () => {
    // Threads that are there already, so that both begin at once, the innocent first.
    await Promise.all([pool.run('none', LONG), pool.run('none', LONG)])
    const [innocent] = await Promise.all([outcome('native', LONG), outcome('passing', LONG)])
    expect(innocent).toMatch(/^[0-9a-f]{4}$/)
  }, 120_000)

  it('ends the thread of whoever wants no answer any more', async () => {
    const gone = new AbortController()
    const spin = outcome('spin', LONG, gone.signal)
    gone.abort(new Error('nobody wants it'))
    expect(await spin).toMatchObject({ message: 'nobody wants it' })
    expect(pool.size).toBe(0)
  })

  it('ends all when it is closed', async () => {
    const spin = outcome('spin', LONG)
    await pool.run('none', LONG)
    pool.close()
    expect(await spin).toBeInstanceOf(ThreadEnded)
    expect(pool.size).toBe(0)
  })

  it('blames no question where the system gives no thread', async () => {
    const none = new ThreadPool<Way, string>(
      () => {
        throw new Error('ERR_WORKER_INIT_FAILED: EAGAIN')
      },
      { maxBytes: 128 * MB },
    )
    const error = await none.run('none', LONG).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(NoThread)
  })
})
