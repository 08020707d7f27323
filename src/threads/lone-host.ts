import { writeFileSync } from 'node:fs'
import { carriedError } from './carried-error.ts'
import type { LoneMessage, LoneQuestion } from './lone-question.ts'
import { startThread } from './start-thread.ts'
import { NoThread, ThreadOver } from './thread-job.ts'
import { ThreadPool } from './thread-pool.ts'

// A process that asks one question in a thread, and watches it meanwhile: all that grows is the answer's.

function say(message: LoneMessage<unknown>): void {
  process.send?.(message)
}

async function ask(asked: LoneQuestion<unknown>): Promise<LoneMessage<unknown>> {
  const { worker, heapMb, maxBytes, maxCpuMs, question } = asked
  const resourceLimits = { maxOldGenerationSizeMb: heapMb }
  const pool = new ThreadPool<unknown, unknown>(
    () => startThread(new URL(worker), { resourceLimits }),
    { maxBytes },
  )
  try {
    return { kind: 'answer', answer: await pool.run(question, maxCpuMs) }
  } catch (error) {
    if (error instanceof ThreadOver) return { kind: 'over', limit: error.limit }
    if (error instanceof NoThread) return { kind: 'none', error: carriedError(error) }
    return { kind: 'error', error: carriedError(error) }
  }
}

// Both go to all of a group; when to end is the server's decision, and its end is this one's.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
try {
  // Where memory runs out, the system ends this first.
  writeFileSync('/proc/self/oom_score_adj', '500')
} catch {
  // Not every system has that.
}
process.once('message', async (asked: LoneQuestion<unknown>) => say(await ask(asked)))
say({ kind: 'ready' })
