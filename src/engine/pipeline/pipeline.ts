import { setTimeout as delay } from 'node:timers/promises'
import type { AttemptEnd, DocumentRecord } from '../ports/document-record.ts'
import { EngineError, ModelUnavailable } from '../ports/engine-error.ts'
import type { CallOptions } from '../ports/models.ts'
import { sharedAbort } from '../work/shared-abort.ts'
import { timerMs } from '../work/timer-ms.ts'
import { TryLater, tryAfterMs } from './attempt.ts'
import type { PipelineEvent, WorkCourse } from './pipeline-event.ts'
import type { PipelineLog } from './pipeline-log.ts'
import { WorkerGroup } from './worker-group.ts'

/**
 * Runs the work of one document when the host has room for it, so that many workspaces can share a
 * process. Rejects when `signal` fires before the job began.
 */
export type BackgroundJobs = <T>(job: () => Promise<T>, signal: AbortSignal) => Promise<T>

/** What is known of the models that documents need. */
export interface ModelOutages {
  /** Why one of them is out, or null. */
  readonly outage: ModelUnavailable | null
  /** Resolves when none is out any more. */
  back(signal: AbortSignal): Promise<void>
  /** Has those that are out looked at soon. */
  hurry(): void
}

/** The signal ends the work. */
export type WorkOptions = CallOptions & { readonly signal: AbortSignal }

export interface PipelineParts {
  /** The first pending document whose time has come, now in processing; null when there is none. */
  claim(): Promise<DocumentRecord | null>
  pendingCount(): Promise<number>
  /** When the next document comes due that waits for another attempt, in milliseconds; or null. */
  nextAttemptAt(): Promise<number | null>
  /** What is left to do when no document waits any more. */
  tidy(options: CallOptions): Promise<void>
  /**
   * Does all the work of one document, its commit included.
   *
   * @param onCourse told of each step that begins, and of what was spent
   */
  process(
    document: DocumentRecord,
    options: WorkOptions,
    onCourse: (change: Partial<WorkCourse>) => void,
  ): Promise<void>
  /** Ends an attempt that put nothing in place. */
  endAttempt(document: DocumentRecord, end: AttemptEnd): Promise<void>
  readonly models: ModelOutages
  readonly background: BackgroundJobs
  /** How long documents are to wait before the next is begun, in milliseconds: 0 for not at all. */
  readonly putOffMs: () => Promise<number>
  readonly maxParallelInsert: number
  /** The first wait of a document that a model failed for, in milliseconds. */
  readonly retryPaceMs: number
  readonly log: PipelineLog
  readonly onEvent: (event: PipelineEvent) => void
  readonly onError: (message: string, error: unknown) => void
}

/** A document, and how far the work on it came. */
interface Worked extends WorkCourse {
  readonly document: DocumentRecord
}

/** Pauses while the storage takes nothing, in milliseconds: doubled up to the longest. Of who is put off as well. */
const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 60_000
/** A document that waits for another attempt is looked for at least so often. */
const LONGEST_SLEEP = 600_000

/**
 * Works off the pending documents of one workspace, a few at a time, until none is left that is due.
 *
 * `wake` may be called at any time and is never lost: the workers end in the same turn in which
 * they see that nobody woke them since they last found nothing.
 */
export class Pipeline {
  readonly #parts: PipelineParts
  #abort = sharedAbort()
  #running: Promise<void> | null = null
  #workers: WorkerGroup | null = null
  #woken = false
  #cancelling = false
  #closed = false
  /** What ends the work on a document, by its id. */
  readonly #inWork = new Map<string, AbortController>()
  /** Ends of attempts that could not be written down. */
  readonly #unwrittenEnds = new Set<() => Promise<void>>()
  #pause = 0
  #lastPause = 0
  #alarm: NodeJS.Timeout | undefined
  /** How long the documents that are left have to wait; 0 for not at all. */
  #putOffMs = 0

  constructor(parts: PipelineParts) {
    this.#parts = parts
  }

  get busy(): boolean {
    return this.#running !== null
  }

  /** Whether it was woken while it worked. */
  get requestPending(): boolean {
    return this.busy && this.#woken
  }

  get cancelling(): boolean {
    return this.#cancelling
  }

  /** Starts work on what is pending, unless it is under way; what is out is looked at soon. */
  wake(): void {
    this.#woken = true
    this.#workers?.wake()
    this.#parts.models.hurry()
    if (this.#running || this.#closed) return
    clearTimeout(this.#alarm)
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

  /** Ends the work on these documents, or on all: they are to be deleted. */
  drop(documentIds: Iterable<string> = [...this.#inWork.keys()]): void {
    for (const id of documentIds) {
      const gone = new EngineError('document_not_found', 'The document is to be deleted.')
      this.#inWork.get(id)?.abort(gone)
    }
  }

  /** Resolves when nothing is under way, and nothing waits to be. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running
  }

  /** Stops at the next checkpoint. What was under way goes back to pending. */
  async close(): Promise<void> {
    this.#closed = true
    this.#woken = false
    clearTimeout(this.#alarm)
    this.#abort.abort(new EngineError('engine_closed', 'The workspace is closing.'))
    await this.#running
    clearTimeout(this.#alarm)
  }

  async #run(): Promise<void> {
    this.#abort = sharedAbort()
    this.#cancelling = false
    const { signal } = this.#abort
    while (this.#woken && !signal.aborted) {
      this.#woken = false
      const pending = await this.#parts.pendingCount()
      if (pending > 0 && (await this.#isPutOff())) break
      if (pending > 0 && this.#parts.models.outage !== null) await this.#sitOut(signal)
      if (pending > 0) this.#parts.log.begin('Indexing', pending)
      await this.#workTogether(signal)
      if (this.#parts.models.outage !== null && pending > 0) this.#woken ||= !signal.aborted
      if (this.#pause > 0 && !signal.aborted) await this.#rest(signal)
    }
    if (!signal.aborted && this.#putOffMs === 0) {
      await this.#parts.tidy({ lane: 'extract', signal })
    }
    if (!signal.aborted) await this.#setAlarm()
    this.#cancelling = false
  }

  /** Waits until the models are back; nobody's documents are tried meanwhile. */
  async #sitOut(signal: AbortSignal): Promise<void> {
    const { models, log, onEvent } = this.#parts
    const reason = models.outage?.message ?? ''
    log.say(`Waiting for the model: ${reason}`)
    onEvent({ type: 'model_out', reason })
    await models.back(signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
    if (signal.aborted) return
    log.say('The model answers again.')
    onEvent({ type: 'model_back' })
  }

  /** Wakes the pipeline when the next document is due that was put off, or waits for another attempt. */
  async #setAlarm(): Promise<void> {
    const at = await this.#parts.nextAttemptAt()
    const putOffMs = this.#putOffMs
    if ((at === null && putOffMs === 0) || this.#closed) return
    clearTimeout(this.#alarm)
    // Not at once: a clock that jumps must not make this a loop.
    const waitMs = putOffMs > 0 ? putOffMs : (at ?? 0) - Date.now()
    const ms = Math.max(FIRST_PAUSE / 10, waitMs)
    const longest = putOffMs > 0 ? LONGEST_PAUSE : LONGEST_SLEEP
    this.#alarm = setTimeout(() => this.wake(), timerMs(ms, longest)).unref()
  }

  /** What arrives while one document takes long is taken up by those who have nothing to do. */
  async #workTogether(signal: AbortSignal): Promise<void> {
    const size = this.#parts.maxParallelInsert
    const workers = new WorkerGroup(size)
    this.#workers = workers
    const worker = async () => {
      while (await this.#work(signal)) if (!(await workers.rest())) return
      workers.leave()
    }
    await Promise.all(
      Array.from({ length: size }, () =>
        worker().catch((error: unknown) => {
          workers.leave()
          if (!signal.aborted) throw error
        }),
      ),
    ).finally(() => {
      this.#workers = null
    })
  }

  /** Works until nothing is due; false when work has to stop before. */
  async #work(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted && this.#pause === 0 && this.#parts.models.outage === null) {
      if (await this.#isPutOff()) return false
      try {
        if (!(await this.#parts.background(() => this.#one(signal), signal))) return true
      } catch (error) {
        if (signal.aborted || !isStoreOut(error)) throw error
        this.#parts.onError('Claiming a document failed; it is tried again later', error)
        this.#pauseForStore()
      }
    }
    return false
  }

  /** Whether no further document is begun for now; who is put off leaves the engine to itself. */
  async #isPutOff(): Promise<boolean> {
    const before = this.#putOffMs
    this.#putOffMs = await this.#parts.putOffMs().catch((error: unknown) => {
      this.#parts.onError('Nobody tells whether documents are put off; they go on', error)
      return 0
    })
    if (this.#putOffMs > 0 && before === 0) {
      this.#parts.log.say('The documents that are left wait for time of the processor.')
    }
    return this.#putOffMs > 0
  }

  /** Returns whether there was one. */
  async #one(signal: AbortSignal): Promise<boolean> {
    for (const endAttempt of this.#unwrittenEnds) {
      this.#unwrittenEnds.delete(endAttempt)
      await endAttempt().catch((error: unknown) => {
        this.#unwrittenEnds.add(endAttempt)
        throw error
      })
    }
    const document = signal.aborted ? null : await this.#parts.claim()
    if (document) await this.#attempt(document, signal)
    return document !== null
  }

  async #attempt(document: DocumentRecord, run: AbortSignal): Promise<void> {
    const { log, onEvent } = this.#parts
    log.next(`Processing ${document.filePath}`)
    let course: WorkCourse = { step: 'read' }
    onEvent({ type: 'begun', document, ...course })
    const ending = sharedAbort()
    const endWithRun = () => ending.abort(run.reason)
    if (run.aborted) endWithRun()
    else run.addEventListener('abort', endWithRun, { once: true })
    this.#inWork.set(document.id, ending)
    try {
      await this.#parts.process(document, { lane: 'extract', signal: ending.signal }, (change) => {
        course = { ...course, ...change }
      })
      this.#lastPause = 0
      log.say(`Processed ${document.filePath}`)
      onEvent({ type: 'done', document, ...course })
    } catch (error) {
      await this.#fail({ document, ...course }, error, run, ending.signal)
    } finally {
      run.removeEventListener('abort', endWithRun)
      if (this.#inWork.get(document.id) === ending) this.#inWork.delete(document.id)
    }
  }

  async #fail(worked: Worked, error: unknown, run: AbortSignal, own: AbortSignal): Promise<void> {
    const { document } = worked
    if (run.aborted) {
      const errorMsg = this.#cancelling ? 'Cancelled; waits for the next run.' : null
      await this.#end(document, { status: 'pending', errorMsg, counts: true })
    } else if (own.aborted) {
      // Whoever scheduled its deletion sees to the rest.
      this.#parts.log.say(`${document.filePath} is to be deleted.`)
      await this.#end(document, { status: 'pending', errorMsg: null, counts: true })
    } else if (error instanceof TryLater) {
      await this.#putBehind(worked, error)
    } else if (error instanceof ModelUnavailable || isStoreOut(error)) {
      // The document is not to blame: it keeps its place.
      if (isStoreOut(error)) this.#pauseForStore()
      await this.#end(document, { status: 'pending', errorMsg: error.message, counts: false })
      this.#parts.log.say(`${document.filePath} waits: ${error.message}`)
    } else {
      const known = error instanceof EngineError
      if (!known) this.#parts.onError(`Processing ${document.id} failed`, error)
      const reason = known ? error.message : 'Internal error while processing this document.'
      await this.#end(document, { status: 'failed', errorMsg: reason })
      this.#parts.log.say(`Failed ${document.filePath}: ${reason}`)
      this.#parts.onEvent({ type: 'failed', ...worked, reason })
    }
  }

  /** A model fails for this document alone: the others go on, and it is tried again after a while. */
  async #putBehind(worked: Worked, failure: TryLater): Promise<void> {
    const { log, onEvent, retryPaceMs } = this.#parts
    const { document } = worked
    const { blame, weight, message: reason } = failure
    const nextAttemptAt = Date.now() + tryAfterMs(blame, weight, retryPaceMs)
    await this.#end(document, { status: 'waiting', errorMsg: reason, nextAttemptAt, blame })
    const until = new Date(nextAttemptAt).toISOString()
    log.say(`${document.filePath} is tried again from ${until} on: ${reason}`)
    onEvent({ type: 'waits', ...worked, reason, until })
  }

  /** What cannot be noted now, on a full disk, is noted before the next document is taken up. */
  async #end(document: DocumentRecord, end: AttemptEnd): Promise<void> {
    const endAttempt = () => this.#parts.endAttempt(document, end)
    await endAttempt().catch((error: unknown) => {
      if (!isStoreOut(error)) throw error
      this.#unwrittenEnds.add(endAttempt)
      this.#pauseForStore()
    })
  }

  /** The storage takes nothing: nothing goes on until it had time to come back. */
  #pauseForStore(): void {
    this.#pause = timerMs(Math.max(FIRST_PAUSE, this.#lastPause * 2), LONGEST_PAUSE)
  }

  /** Waits until the storage may be back, then lets the workers try again. */
  async #rest(signal: AbortSignal): Promise<void> {
    const pause = this.#pause
    this.#lastPause = pause
    this.#pause = 0
    this.#woken = true
    await delay(timerMs(pause), undefined, { signal, ref: false }).catch(() => undefined)
  }
}

/** What passes by itself, or by an operator's hand; no document is to blame. */
export function isStoreOut(error: unknown): error is EngineError {
  if (!(error instanceof EngineError)) return false
  return error.code === 'store_unavailable' || error.code === 'storage_full'
}
