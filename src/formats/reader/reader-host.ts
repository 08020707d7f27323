import { writeFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'
import type { Worker } from 'node:worker_threads'
import type { AttachedFile, PageStart, ReadFile } from '../../engine/ports/file-reader.ts'
import type { Heading } from '../../engine/read/headings.ts'
import { residentBytes } from '../../engine/work/resident-bytes.ts'
import { startThread } from '../../threads/start-thread.ts'
import { ThreadCalls, ThreadEnded } from '../../threads/thread-calls.ts'
import { UnreadableFile } from '../unreadable-file.ts'
import type { Usage } from './process-usage.ts'
import type { ReadLimits } from './read-limits.ts'
import type { FailedRead } from './read-outcome.ts'
import { ReadWatch } from './read-watch.ts'
import type { ReadRequest } from './reader-worker.ts'
import { systemLimitBehind } from './system-limit-behind.ts'
import { NICENESS } from './system-limits.ts'

/** What a reader's process says. Long texts and lists come in pieces, and then the end. */
export type HostMessage =
  /** `unlimited` names the limits that the system does not hold it to. */
  | { readonly kind: 'ready'; readonly unlimited: readonly string[]; readonly usage: Usage }
  | { readonly kind: 'text'; readonly piece: string }
  | { readonly kind: 'pages'; readonly piece: readonly PageStart[] }
  | { readonly kind: 'headings'; readonly piece: readonly Heading[] }
  /** A piece of an attached file; a name begins another one. */
  | { readonly kind: 'attached'; readonly name: string | null; readonly piece: Uint8Array }
  | HostEnd

/** What one file came to, with what the process has taken in its life. */
type HostEnd = HostOutcome & { readonly usage: Usage }

/** After the last two a process reads nothing any more. */
type HostOutcome =
  | { readonly kind: 'read'; readonly encoding?: string }
  | Extract<FailedRead, { kind: 'refused' | 'over' }>
  | { readonly kind: 'crashed'; readonly cause: string }

const MB = 1024 * 1024
const WATCH_MS = 50
/** Whoever gets one message is held for about a millisecond. */
const PIECE_LENGTH = 512 * 1024
const PIECE_ITEMS = 5000

const limits: ReadLimits = JSON.parse(process.argv[2] ?? '{}')
const unlimited = (process.argv[3] ?? '').split(' ').filter(Boolean)

function say(message: HostMessage): void {
  process.send?.(message)
}

function sayEnd(outcome: HostOutcome): void {
  say({ ...outcome, usage: ownUsage() })
}

/** The file is read in a thread of this process, so that the watch turns whatever the file does. */
async function start(): Promise<void> {
  serveOnly()
  const calls = new ThreadCalls<ReadRequest, ReadFile>(startReader, {
    errors: { UnreadableFile },
    onEnd: sayThreadEnd,
  })
  process.on('message', async (request: ReadRequest) => {
    const watch = startWatch()
    await calls
      .call(request)
      .finally(() => clearInterval(watch))
      .then(sendFile, sayRefusal)
  })
  const ready = () => say({ kind: 'ready', unlimited, usage: ownUsage() })
  await calls.start().then(ready, sayRefusal)
}

function startReader(): Worker {
  return startThread(new URL('./reader-worker.ts', import.meta.url), {
    workerData: limits,
    resourceLimits: { maxOldGenerationSizeMb: limits.maxHeapMb },
  })
}

function sayThreadEnd({ cause }: ThreadEnded): void {
  const isOutOfMemory =
    cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
  if (isOutOfMemory) sayEnd({ kind: 'over', limit: 'memory' })
  else sayEnd({ kind: 'crashed', cause: String(cause) })
}

function sayRefusal(error: unknown): void {
  // Whoever ends the thread has said so.
  if (error instanceof ThreadEnded) return
  sayEnd(outcomeOf(error))
}

function outcomeOf(error: unknown): HostOutcome {
  const limit = systemLimitBehind(error)
  if (limit !== null) return { kind: 'over', limit }
  const reason = error instanceof UnreadableFile ? error.message : null
  return { kind: 'refused', reason, cause: String(error) }
}

/** Nothing of this process is worth more than the server beside it. */
function serveOnly(): void {
  // Where a shell has started this, it has seen to it; never up again.
  quietly(() => getPriority() < NICENESS && setPriority(NICENESS))
  // Where memory runs out, the system ends a reader first.
  quietly(() => writeFileSync('/proc/self/oom_score_adj', '500'))
  // What libraries print of a file is nobody's business; what Node says at its end goes another way.
  process.stderr.write = () => true
  // Both go to all of a group; when to end is the server's decision, and its end is this one's.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => undefined)
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
}

/** Not every system has everything. */
function quietly(attempt: () => unknown): void {
  try {
    attempt()
  } catch {}
}

function sendFile({ text, pages, headings, attachments = [], ...rest }: ReadFile): void {
  for (let at = 0; at < text.length; at += PIECE_LENGTH) {
    say({ kind: 'text', piece: text.slice(at, at + PIECE_LENGTH) })
  }
  for (let at = 0; at < pages.length; at += PIECE_ITEMS) {
    say({ kind: 'pages', piece: pages.slice(at, at + PIECE_ITEMS) })
  }
  for (let at = 0; at < headings.length; at += PIECE_ITEMS) {
    say({ kind: 'headings', piece: headings.slice(at, at + PIECE_ITEMS) })
  }
  for (const file of attachments) sendAttached(file)
  sayEnd({ kind: 'read', ...rest })
}

function sendAttached({ name, bytes }: AttachedFile): void {
  for (let at = 0; at < bytes.length; at += PIECE_LENGTH) {
    const piece = bytes.slice(at, at + PIECE_LENGTH)
    say({ kind: 'attached', name: at === 0 ? name : null, piece })
  }
}

/** Tells when the time or the memory for one file is used up. */
function startWatch(): NodeJS.Timeout {
  const watch = new ReadWatch(limits, ownUsage(), performance.now())
  const timer = setInterval(() => {
    const limit = watch.over(ownUsage(), performance.now())
    if (limit === null) return
    clearInterval(timer)
    sayEnd({ kind: 'over', limit })
  }, WATCH_MS)
  return timer
}

/** Of all threads of this process. */
function ownUsage(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1000, residentMb: (residentBytes() ?? 0) / MB }
}

await start()
