import { setTimeout as delay } from 'node:timers/promises'
import type { DocumentRecord } from '../document-record.ts'
import { EngineError, ModelUnavailable } from '../errors.ts'
import type { CallOptions } from '../models.ts'
import { sharedAbort } from '../shared-abort.ts'
import { timerMs } from '../timer-ms.ts'
import { Crew } from './crew.ts'
import type { PipelineStatus } from './document-calls.ts'
import { PipelineLog } from './pipeline-log.ts'

/**
 * Runs the work of one document when the host has room for it, so that many workspaces can share a
 * process. Rejects when `signal` fires before the job began.
 */
export type BackgroundJobs = <T>(job: () => Promise<T>, signal: AbortSignal) => Promise<T>

export interface PipelineParts {
  /** The oldest pending document, now in processing; null when none waits. */
  claim(): Promise<DocumentRecord | null>
  pendingCount(): Promise<number>
  /** Documents whose deletion was promised. */
  promisedDeletions(): Promise<readonly string[]>
  /** Deletes one; resolves to its label, or null when it was gone. */
  deleteDocument(documentId: string): Promise<string | null>
  /** What is left to do when no document waits any more. */
  tidy(options: CallOptions): Promise<void>
  /** Does all the work of one document, its commit included. */
  process(document: DocumentRecord, options: CallOptions): Promise<void>
  /** Ends an attempt that failed. */
  giveBack(
    document: DocumentRecord,
    status: 'pending' | 'failed',
    errorMsg: string | null,
  ): Promise<void>
  readonly background: BackgroundJobs
  readonly maxParallelInsert: number
  /** Told when work ends or begins, such as for logs. */
  readonly onError: (message: string, error: unknown) => void
}

/** Pauses after an outage of a model, in milliseconds: doubled up to the longest. */
const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 60_000

/**
 * Works off the pending documents of one workspace, a few at a time, until none is left.
 *
 * `wake` may be called at any time and is never lost: the workers end in the same turn in which
 * they see that nobody woke them since they last found nothing.
 */
export class Pipeline {
  readonly #parts: PipelineParts
  readonly #log = new PipelineLog()
  #abort = sharedAbort()
  #running: Promise<void> | null = null
  #crew: Crew | null = null
  #woken = false
  #cancelling = false
  #exclusive: Promise<unknown> | null = null
  #closed = false
  /** Ends of attempts that could not be written down. */
  readonly #owed = new Set<() => Promise<void>>()
  #pause = 0
  #lastPause = 0

  constructor(parts: PipelineParts) {
    this.#parts = parts
  }

  get busy(): boolean {
    return this.#running !== null || this.#exclusive !== null
  }

  status(): PipelineStatus {
    return this.#log.status({
      busy: this.busy,
      requestPending: this.#running !== null && this.#woken,
      cancellationRequested: this.#cancelling,
    })
  }

  /** Starts work on what is pending, unless it is under way. */
  wake(): void {
    this.#woken = true
    this.#crew?.wake()
    if (this.#running || this.#exclusive || this.#closed) return
    this.#running = this.#run()
      .catch((error: unknown) => this.#parts.onError('The pipeline stopped', error))
      .finally(() => {
        this.#running = null
        if (this.#woken) this.wake()
      })
  }

  /** Ends the work under way; its documents go back to pending and wait for the next wake. */
  cancel(): boolean {
    if (!this.#running) return false
    this.#cancelling = true
    this.#woken = false
    this.#abort.abort(new EngineError('pipeline_busy', 'User cancelled'))
    return true
  }

  /**
   * Runs a job that must be alone, such as a deletion; null when something else is under way.
   * Documents that arrive meanwhile are taken up after it.
   */
  async alone<T>(jobName: string, docs: number, job: (log: PipelineLog) => Promise<T>) {
    if (this.busy || this.#closed) return null
    this.#log.begin(jobName, docs)
    const running = job(this.#log)
    this.#exclusive = running
    try {
      return { result: await running }
    } finally {
      this.#exclusive = null
      if (this.#woken) this.wake()
    }
  }

  /** Resolves when nothing is under way, and nothing waits to be. */
  async idle(): Promise<void> {
    while (this.busy) {
      await this.#running
      await this.#exclusive?.catch(() => undefined)
    }
  }

  /** Stops at the next checkpoint. What was under way goes back to pending. */
  async close(): Promise<void> {
    this.#closed = true
    this.#woken = false
    this.#abort.abort(new EngineError('engine_closed', 'The workspace is closing.'))
    await this.#running
    await this.#exclusive?.catch(() => undefined)
  }

  async #run(): Promise<void> {
    this.#abort = sharedAbort()
    this.#cancelling = false
    const { signal } = this.#abort
    while (this.#woken && !signal.aborted) {
      this.#woken = false
      await this.#keepPromises(signal)
      const pending = await this.#parts.pendingCount()
      if (pending > 0) this.#log.begin('Indexing', pending)
      await this.#workTogether(signal)
      if (this.#pause > 0 && !signal.aborted) await this.#rest(signal)
    }
    if (!signal.aborted) await this.#parts.tidy({ lane: 'extract', signal })
    this.#cancelling = false
  }

  /** Deletions come first, and alone: nothing is indexed meanwhile. */
  async #keepPromises(signal: AbortSignal): Promise<void> {
    const ids = await this.#parts.promisedDeletions()
    if (ids.length > 0) this.#log.begin(`Deleting ${ids.length} Documents`, ids.length)
    for (const id of ids) {
      if (signal.aborted) return
      this.#log.next(`Deleting ${id}`)
      try {
        const label = await this.#parts.background(() => this.#parts.deleteDocument(id), signal)
        this.#log.say(label === null ? `No document ${id}` : `Deleted ${id} (${label})`)
      } catch (error) {
        // It stays promised, and the next run tries again.
        this.#log.say(`Deleting ${id} failed; it is tried again later.`)
        if (isOutage(error)) return this.#pauseFor(error)
        if (!signal.aborted) this.#parts.onError(`Deleting ${id} failed`, error)
      }
    }
  }

  /** What arrives while one document takes long is taken up by those who have nothing to do. */
  async #workTogether(signal: AbortSignal): Promise<void> {
    const size = this.#parts.maxParallelInsert
    const crew = new Crew(size)
    this.#crew = crew
    const worker = async () => {
      while (await this.#work(signal)) if (!(await crew.rest())) return
      crew.leave()
    }
    await Promise.all(
      Array.from({ length: size }, () =>
        worker().catch((error: unknown) => {
          crew.leave()
          if (!signal.aborted) throw error
        }),
      ),
    ).finally(() => {
      this.#crew = null
    })
  }

  /** Works until nothing waits; false when work has to stop before. */
  async #work(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted && this.#pause === 0) {
      try {
        if (!(await this.#parts.background(() => this.#one(signal), signal))) return true
      } catch (error) {
        if (signal.aborted || !isOutage(error)) throw error
        this.#parts.onError('Claiming a document failed; it is tried again later', error)
        this.#pauseFor(error)
      }
    }
    return false
  }

  /** Returns whether there was one. */
  async #one(signal: AbortSignal): Promise<boolean> {
    for (const handBack of this.#owed) {
      this.#owed.delete(handBack)
      await handBack().catch((error: unknown) => {
        this.#owed.add(handBack)
        throw error
      })
    }
    const document = signal.aborted ? null : await this.#parts.claim()
    if (document) await this.#attempt(document, signal)
    return document !== null
  }

  async #attempt(document: DocumentRecord, signal: AbortSignal): Promise<void> {
    this.#log.next(`Processing ${document.filePath}`)
    try {
      await this.#parts.process(document, { lane: 'extract', signal })
      this.#lastPause = 0
      this.#log.say(`Processed ${document.filePath}`)
    } catch (error) {
      await this.#fail(document, error, signal)
    }
  }

  async #fail(document: DocumentRecord, error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
      const message = this.#cancelling ? 'Cancelled; waits for the next run.' : null
      await this.#handBack(document, 'pending', message)
      return
    }
    if (isOutage(error)) {
      // The document is not to blame: it waits, and so does everything behind it.
      this.#pauseFor(error)
      await this.#handBack(document, 'pending', error.message)
      this.#log.say(`${document.filePath} waits: ${error.message}`)
      return
    }
    const known = error instanceof EngineError
    if (!known) this.#parts.onError(`Processing ${document.id} failed`, error)
    const message = known ? error.message : 'Internal error while processing this document.'
    await this.#handBack(document, 'failed', message)
    this.#log.say(`Failed ${document.filePath}: ${message}`)
  }

  /** What cannot be noted now, on a full disk, is noted before the next document is taken up. */
  async #handBack(...attempt: Parameters<PipelineParts['giveBack']>): Promise<void> {
    const handBack = () => this.#parts.giveBack(...attempt)
    await handBack().catch((error: unknown) => {
      if (!isOutage(error)) throw error
      this.#owed.add(handBack)
      this.#pauseFor(error)
    })
  }

  /** A model or the storage is out: nothing goes on until it had time to come back. */
  #pauseFor(outage: EngineError): void {
    const seconds = outage instanceof ModelUnavailable ? outage.retryAfterSeconds : null
    const asked = timerMs((seconds ?? 0) * 1000, LONGEST_PAUSE)
    const patience = timerMs(Math.max(FIRST_PAUSE, this.#lastPause * 2), LONGEST_PAUSE)
    this.#pause = Math.max(asked, patience)
  }

  /** Waits out an outage, then lets the workers try again. */
  async #rest(signal: AbortSignal): Promise<void> {
    const pause = this.#pause
    this.#lastPause = pause
    this.#pause = 0
    this.#woken = true
    await delay(timerMs(pause), undefined, { signal, ref: false }).catch(() => undefined)
  }
}

/** What passes by itself, or by an operator's hand; no document is to blame. */
function isOutage(error: unknown): error is EngineError {
  if (error instanceof ModelUnavailable) return true
  if (!(error instanceof EngineError)) return false
  return error.code === 'store_unavailable' || error.code === 'storage_full'
}
