import { fork } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { EngineError } from '../../src/engine/ports/engine-error.ts'
import { LoneProcess } from '../../src/threads/lone-process.ts'
import { cpuMsOf } from '../../src/threads/thread-cpu.ts'
import { ThreadOver } from '../../src/threads/thread-job.ts'
import { childrenOf, isAlive } from '../hosts/hosted-server.ts'
import { needing } from '../needing.ts'
import type { Way } from './hungry-child.ts'

const MB = 1024 * 1024
const SPINNING_MS = 3000
const WORKER = new URL('./hungry-child.ts', import.meta.url)

function alone(maxCpuMs = 600_000): LoneProcess<Way, string> {
  const errors = { EngineError }
  return new LoneProcess({ worker: WORKER, heapMb: 2048, maxBytes: 128 * MB, maxCpuMs, errors })
}

const outcome = (way: Way, maxCpuMs?: number) =>
  alone(maxCpuMs)
    .run(way)
    .catch((error: unknown) => error)

describe('a question in a process of its own', () => {
  it('is answered, and what it took of the processor is told', async () => {
    const process = alone()
    expect(await process.run('none')).toBe('well')
    expect(process.spentMs()).toBeGreaterThan(0)
  })

  it('fails with the error that was thrown, with its class', async () => {
    const error = await outcome('refusal')
    expect(error).toBeInstanceOf(EngineError)
    expect(error).toMatchObject({ code: 'invalid_argument', message: 'planted' })
  })

  it.each(['objects', 'doubled'] as const)(
    'is refused when it takes all memory as %s',
    async (way) => {
      expect(await outcome(way)).toMatchObject({ name: 'ThreadOver', limit: 'memory' })
    },
    120_000,
  )

  it('is refused when it spends more of the processor than it may', async () => {
    expect(await outcome('spin', 200)).toMatchObject({ name: 'ThreadOver', limit: 'cpu' })
  }, 120_000)

  it('is refused when its process ends by it', async () => {
    const error = await outcome('abort')
    expect(error).toBeInstanceOf(ThreadOver)
    expect(error).toMatchObject({ cause: { message: 'the process ended with SIGABRT' } })
  })

  it('ends with whoever wants no answer any more', async () => {
    const process = alone()
    const answer = process.run('spin').catch((error: unknown) => error)
    process.end(new Error('nobody wants it'))
    expect(await answer).toMatchObject({ message: 'nobody wants it' })
  })

  needing('/proc', existsSync('/proc/self/stat'))(
    'ends with the process that asked it',
    async () => {
      const asking = fork(fileURLToPath(new URL('./asking-child.ts', import.meta.url)), [], {
        execArgv: ['--import', import.meta.resolve('tsx')],
      })
      // Beside it there is one that compiles.
      const started = () => childrenOf(asking.pid).filter(isLone)
      await expect.poll(started, { timeout: 60_000 }).toHaveLength(1)
      const [pid = 0] = started()
      // More than its start takes: by now its thread never comes to an end.
      await expect.poll(() => cpuMsOf(String(pid))).toBeGreaterThan(SPINNING_MS)
      asking.kill('SIGKILL')
      await expect.poll(() => isAlive(pid), { timeout: 60_000 }).toBe(false)
    },
  )
})

function isLone(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('lone-host')
  } catch {
    return false
  }
}
