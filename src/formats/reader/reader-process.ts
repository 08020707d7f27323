import type { ChildProcess } from 'node:child_process'
import type { PageStart, ReadFile } from '../../engine/ports/file-reader.ts'
import type { Heading } from '../../engine/read/headings.ts'
import { type Usage, usageOf } from './process-usage.ts'
import type { ReadLimits } from './read-limits.ts'
import type { ReadOutcome } from './read-outcome.ts'
import { longestReadMs, ReadWatch } from './read-watch.ts'
import { onReaderEnd } from './reader-end.ts'
import type { HostMessage } from './reader-host.ts'
import type { ReadRequest } from './reader-worker.ts'
import { startReader } from './start-reader.ts'

/** What one file came to, and what it took of the processor, in milliseconds. */
export interface FinishedRead {
  readonly outcome: ReadOutcome
  readonly cpuMs: number
}

/** A reader watches itself closely; this is for one that does not any more. */
const WATCH_MS = 200
/** What does not come up in this time never will. */
const START_MS = 600_000
/** A process that has grown beyond this is not kept, in MB: its memory goes back to the system. */
const KEPT_MB = 256

/**
 * A process that reads one file at a time, and may be ended while it does: a thread that runs out of
 * memory can take the whole process with it, and a thread within a native call cannot be ended.
 */
export class ReaderProcess {
  readonly #child: ChildProcess
  readonly #limits: ReadLimits
  /**
   * Resolves when the process has come up, with the limits that the system does not hold it to;
   * rejects when there can be none, when it ended before, and when it says nothing for too long.
   */
  readonly started: Promise<readonly string[]>
  #text: string[] = []
  #pages: PageStart[] = []
  #headings: Heading[] = []
  #attached: { readonly name: string; readonly pieces: Uint8Array[] }[] = []
  #settle: ((outcome: ReadOutcome) => void) | null = null
  #spent: unknown = null
  /** As it was last known. */
  #usage: Usage = { cpuMs: 0, residentMb: 0 }

  /** @throws when the system gives no process */
  constructor(host: URL, limits: ReadLimits) {
    this.#limits = limits
    this.#child = startReader(host, limits)
    this.started = new Promise((resolve, reject) => {
      const silence = new Error('the reader does not start')
      const silent = setTimeout(() => this.end(silence), START_MS)
      const ended = (reason: Error, outcome: ReadOutcome) => {
        clearTimeout(silent)
        this.#spent ??= reason
        reject(reason)
        this.#done(outcome)
      }
      this.#child.on('error', (cause) => ended(cause, { kind: 'crashed', cause }))
      onReaderEnd(this.#child, (outcome) => ended(new Error('the reader ended'), outcome))
      this.#child.on('message', (message: HostMessage) => {
        if (message.kind !== 'ready') return this.#hear(message)
        clearTimeout(silent)
        this.#usage = message.usage
        resolve(message.unlimited)
      })
    })
    // Whoever waits for it is told; it may be that nobody does any more.
    this.started.catch(() => undefined)
    this.#rest()
  }

  /** Whether it can read another file. */
  get isFit(): boolean {
    return this.#spent === null
  }

  /** Never rejects; calls must not overlap. */
  async read(request: ReadRequest): Promise<FinishedRead> {
    if (this.#spent !== null) return { outcome: { kind: 'killed', cause: this.#spent }, cpuMs: 0 }
    this.#child.ref()
    this.#child.channel?.ref()
    const watch = this.#watch()
    const began = this.#usage
    try {
      const outcome = await new Promise<ReadOutcome>((resolve) => {
        this.#settle = resolve
        this.#child.send(request, (error) => {
          if (error) this.end(error)
        })
      })
      return { outcome, cpuMs: Math.max(0, this.#usage.cpuMs - began.cpuMs) }
    } finally {
      clearInterval(watch)
      this.#rest()
    }
  }

  /** Ends it at once, in the middle of whatever it does. */
  end(reason: Error, outcome: ReadOutcome = { kind: 'killed', cause: reason }): void {
    this.#spent ??= reason
    this.#look()
    this.#child.kill('SIGKILL')
    this.#done(outcome)
  }

  /** Where the system does not tell what it takes, the longest that a file can take is waited for. */
  #watch(): NodeJS.Timeout {
    const beganMs = performance.now()
    this.#look()
    const watch = new ReadWatch(this.#limits, this.#usage, beganMs)
    return setInterval(() => {
      const usage = this.#look()
      const clockMs = performance.now()
      const isLate = clockMs - beganMs > longestReadMs(this.#limits)
      const limit = usage === null ? isLate && 'clock' : watch.over(usage, clockMs)
      if (limit) this.end(new Error(`over its ${limit}`), { kind: 'over', limit })
    }, WATCH_MS)
  }

  #look(): Usage | null {
    const seen = this.#child.pid === undefined ? null : usageOf(this.#child.pid)
    if (seen === null) return null
    // The system counts in coarser steps than the reader does itself.
    this.#usage = { ...seen, cpuMs: Math.max(seen.cpuMs, this.#usage.cpuMs) }
    return this.#usage
  }

  /** A process at rest keeps nobody from ending. */
  #rest(): void {
    this.#child.unref()
    this.#child.channel?.unref()
  }

  #hear(message: Exclude<HostMessage, { kind: 'ready' }>): void {
    if (message.kind === 'text') this.#text.push(message.piece)
    else if (message.kind === 'pages') this.#pages.push(...message.piece)
    else if (message.kind === 'headings') this.#headings.push(...message.piece)
    else if (message.kind === 'attached') this.#attach(message.name, message.piece)
    else {
      this.#usage = message.usage
      if (message.kind === 'read') this.#heardAll(message)
      else if (message.kind === 'refused') this.#done(message)
      else this.end(new Error(`the reader is ${message.kind}`), message)
      this.#endIfUsedUp()
    }
  }

  #attach(name: string | null, piece: Uint8Array): void {
    if (name !== null) this.#attached.push({ name, pieces: [] })
    this.#attached.at(-1)?.pieces.push(piece)
  }

  #heardAll({ encoding }: Pick<ReadFile, 'encoding'>): void {
    const lists = { pages: this.#pages, headings: this.#headings }
    const attachments = this.#attached.map(({ name, pieces }) => {
      return { name, bytes: Buffer.concat(pieces) }
    })
    const file = {
      text: this.#text.join(''),
      ...lists,
      ...(encoding ? { encoding } : {}),
      ...(attachments.length > 0 ? { attachments } : {}),
    }
    this.#text = []
    this.#pages = []
    this.#headings = []
    this.#attached = []
    this.#done({ kind: 'read', file })
  }

  /** The system's limit on its time holds for its whole life: what is left has to do for a file. */
  #endIfUsedUp(): void {
    const { cpuMs, residentMb } = this.#usage
    if (residentMb <= KEPT_MB && cpuMs <= this.#limits.maxCpuMs) return
    this.end(new Error('used up'))
  }

  #done(outcome: ReadOutcome): void {
    const settle = this.#settle
    this.#settle = null
    settle?.(outcome)
  }
}
