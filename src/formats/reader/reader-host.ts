import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import type { Worker } from 'node:worker_threads'
import type { PageStart, ReadFile } from '../../engine/ports/file-reader.ts'
import type { Heading } from '../../engine/read/headings.ts'
import { residentBytes } from '../../engine/work/resident-bytes.ts'
import { startThread } from '../../threads/start-thread.ts'
import { ThreadCalls, ThreadEnded } from '../../threads/thread-calls.ts'
import { UnreadableFile } from '../unreadable-file.ts'
import type { ReadLimits } from './read-limits.ts'
import type { ReadRequest } from './reader-worker.ts'

/** What a reader's process says. Long texts and lists come in pieces, and then the end. */
export type HostMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'text'; readonly piece: string }
  | { readonly kind: 'pages'; readonly piece: readonly PageStart[] }
  | { readonly kind: 'headings'; readonly piece: readonly Heading[] }
  | { readonly kind: 'read'; readonly residentMb: number }
  /** Safe to show; null when nobody foresaw what went wrong. */
  | { readonly kind: 'refused'; readonly reason: string | null; readonly cause: string }
  /** A limit was reached; this process reads nothing any more. */
  | { readonly kind: 'over'; readonly limit: 'cpu' | 'clock' | 'memory' }
  | { readonly kind: 'failed'; readonly cause: string }

const MB = 1024 * 1024
const WATCH_MS = 50
/** Whoever gets one message is held for about a millisecond. */
const PIECE_LENGTH = 512 * 1024
const PIECE_ITEMS = 5000
/** Who reads files gives way to who answers questions. */
const NICENESS = 5

const limits: ReadLimits = JSON.parse(process.argv[2] ?? '{}')

function say(message: HostMessage): void {
  process.send?.(message)
}

/** The file is read in a thread of this process, so that the watch turns whatever the file does. */
async function start(): Promise<void> {
  lowerPriority()
  const watch = new Watch()
  const calls = new ThreadCalls<ReadRequest, ReadFile>(startReader, {
    errors: { UnreadableFile },
    onEnd: sayEnd,
  })
  process.on('message', async (request: ReadRequest) => {
    watch.begin()
    await calls
      .call(request)
      .finally(() => watch.end())
      .then(sendFile, sayRefusal)
  })
  await calls.start().then(() => say({ kind: 'ready' }), sayRefusal)
}

function startReader(): Worker {
  return startThread(new URL('./reader-worker.ts', import.meta.url), {
    workerData: limits,
    resourceLimits: { maxOldGenerationSizeMb: limits.maxHeapMb },
  })
}

function sayEnd({ cause }: ThreadEnded): void {
  const isOutOfMemory =
    cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
  if (isOutOfMemory) say({ kind: 'over', limit: 'memory' })
  else say({ kind: 'failed', cause: String(cause) })
}

function sayRefusal(error: unknown): void {
  // Whoever ends the thread has said so.
  if (error instanceof ThreadEnded) return
  const reason = error instanceof UnreadableFile ? error.message : null
  say({ kind: 'refused', reason, cause: String(error) })
}

/** Nothing of this process is worth more than the server beside it. */
function lowerPriority(): void {
  try {
    setPriority(NICENESS)
    // Where memory runs out, the system ends a reader first.
    writeFileSync('/proc/self/oom_score_adj', '500')
  } catch {
    // Not every system has these.
  }
  // Both go to all of a group; when to end is the server's decision, and its end is this one's.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => undefined)
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
}

function sendFile({ text, pages, headings }: ReadFile): void {
  for (let at = 0; at < text.length; at += PIECE_LENGTH) {
    say({ kind: 'text', piece: text.slice(at, at + PIECE_LENGTH) })
  }
  for (let at = 0; at < pages.length; at += PIECE_ITEMS) {
    say({ kind: 'pages', piece: pages.slice(at, at + PIECE_ITEMS) })
  }
  for (let at = 0; at < headings.length; at += PIECE_ITEMS) {
    say({ kind: 'headings', piece: headings.slice(at, at + PIECE_ITEMS) })
  }
  say({ kind: 'read', residentMb: residentMb() })
}

/** Tells when the time or the memory for one file is used up. */
class Watch {
  #timer: NodeJS.Timeout | undefined

  begin(): void {
    const began = { cpuMs: cpuMs(), clockMs: performance.now() }
    let leastMb = residentMb()
    this.#timer = setInterval(() => {
      const now = residentMb()
      // What is given back meanwhile excuses nothing.
      leastMb = Math.min(leastMb, now)
      if (now - leastMb > limits.maxGrowthMb) this.#over('memory')
      else if (cpuMs() - began.cpuMs > limits.maxCpuMs) this.#over('cpu')
      else if (performance.now() - began.clockMs > limits.maxClockMs) this.#over('clock')
    }, WATCH_MS)
  }

  end(): void {
    clearInterval(this.#timer)
  }

  #over(limit: 'cpu' | 'clock' | 'memory'): void {
    this.end()
    say({ kind: 'over', limit })
  }
}

/** Of all threads of this process. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function residentMb(): number {
  return (residentBytes() ?? 0) / MB
}

await start()
