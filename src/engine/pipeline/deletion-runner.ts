import { setTimeout as delay } from 'node:timers/promises'
import { EngineError } from '../ports/engine-error.ts'
import { sharedAbort } from '../work/shared-abort.ts'
import { timerMs } from '../work/timer-ms.ts'
import type { BackgroundJobs } from './pipeline.ts'
import type { PipelineEvent } from './pipeline-event.ts'
import type { PipelineLog } from './pipeline-log.ts'

export interface DeletionRunnerParts {
  /** Documents whose deletion was scheduled, in order. */
  scheduled(): Promise<readonly string[]>
  /** Deletes one; resolves to its file path, or null when it was gone. */
  run(documentId: string, signal: AbortSignal): Promise<string | null>
  readonly background: BackgroundJobs
  readonly log: PipelineLog
  /** Whether the log tells of other work now. */
  readonly isLogInUse: () => boolean
  readonly onEvent: (event: PipelineEvent) => void
  readonly onError: (message: string, error: unknown) => void
}

/** Pauses after a deletion that failed, in milliseconds: doubled up to the longest. */
const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 60_000

/**
 * Runs the deletions that were scheduled, one after another, beside the work on documents: neither
 * waits for the other. What fails is tried again, and holds up none of the rest.
 */
export class DeletionRunner {
  readonly #parts: DeletionRunnerParts
  #abort = sharedAbort()
  #running: Promise<void> | null = null
  #woken = false
  #closed = false
  #pause = 0

  constructor(parts: DeletionRunnerParts) {
    this.#parts = parts
  }

  get busy(): boolean {
    return this.#running !== null
  }

  /** Tells it that something was scheduled; never lost. */
  wake(): void {
    this.#woken = true
    if (this.#running || this.#closed) return
    this.#running = this.#run()
      .catch((error: unknown) => this.#parts.onError('Scheduled deletions stopped', error))
      .finally(() => {
        this.#running = null
        if (this.#woken) this.wake()
      })
  }

  /** Ends the deletion under way, as when everything goes; what is still scheduled is taken up again. */
  interrupt(): void {
    this.#abort.abort(new EngineError('pipeline_busy', 'Everything is being deleted.'))
    if (this.#running) this.#woken = true
  }

  /** Ends the deletion under way; all that is still scheduled waits for the next wake. */
  cancel(): boolean {
    if (!this.#running) return false
    this.#woken = false
    this.#abort.abort(new EngineError('pipeline_busy', 'User cancelled'))
    return true
  }

  async idle(): Promise<void> {
    while (this.#running) await this.#running
  }

  /** Stops after the deletion under way; the rest stays scheduled. */
  async close(): Promise<void> {
    this.#closed = true
    this.#woken = false
    this.#abort.abort(new EngineError('engine_closed', 'The workspace is closing.'))
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#woken && !this.#closed) {
      this.#woken = false
      this.#abort = sharedAbort()
      const failed = await this.#runScheduledDeletions(this.#abort.signal)
      this.#pause = failed ? timerMs(Math.max(FIRST_PAUSE, this.#pause * 2), LONGEST_PAUSE) : 0
      const { signal } = this.#abort
      if (!failed || signal.aborted) continue
      await delay(timerMs(this.#pause), undefined, { signal, ref: false }).catch(() => undefined)
      this.#woken ||= !signal.aborted
    }
  }

  /** Returns whether some of it failed. */
  async #runScheduledDeletions(signal: AbortSignal): Promise<boolean> {
    const { log, background } = this.#parts
    const ids = await this.#parts.scheduled()
    if (ids.length > 0 && !this.#parts.isLogInUse()) {
      log.begin(`Deleting ${ids.length} Documents`, ids.length)
    }
    let failed = false
    for (const id of ids) {
      if (signal.aborted) return failed
      log.say(`Deleting ${id}`)
      try {
        const filePath = await background(() => this.#parts.run(id, signal), signal)
        log.say(filePath === null ? `No document ${id}` : `Deleted ${id} (${filePath})`)
        if (filePath !== null) {
          this.#parts.onEvent({ type: 'deleted', documentId: id, filePath })
        }
      } catch (error) {
        if (signal.aborted) return failed
        failed = true
        log.say(`Deleting ${id} failed; it is tried again later.`)
        this.#parts.onError(`Deleting ${id} failed; it is tried again later`, error)
      }
    }
    return failed
  }
}
