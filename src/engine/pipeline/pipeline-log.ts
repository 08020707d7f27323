import type { PipelineStatus } from '../documents/document-calls.ts'

const LONGEST_HISTORY = 1000

/** What a workspace's pipeline is doing, and what it did lately, as `pipeline_status` shows it. */
export class PipelineLog {
  #jobName = '-'
  #jobStart: string | null = null
  #docs = 0
  #current = 0
  #latest = ''
  #history: string[] = []

  begin(jobName: string, docs: number): void {
    this.#jobName = jobName
    this.#jobStart = new Date().toISOString().replace('Z', '000+00:00')
    this.#docs = docs
    this.#current = 0
    this.#history = []
  }

  /** Counts one more document of the job as started. */
  next(message: string): void {
    this.#current++
    this.#docs = Math.max(this.#docs, this.#current)
    this.say(message)
  }

  say(message: string): void {
    this.#latest = message
    this.#history.push(message)
    if (this.#history.length > 2 * LONGEST_HISTORY) {
      this.#history = this.#history.slice(-LONGEST_HISTORY)
    }
  }

  status(flags: {
    busy: boolean
    requestPending: boolean
    cancellationRequested: boolean
  }): PipelineStatus {
    return {
      autoscanned: false,
      busy: flags.busy,
      job_name: this.#jobName,
      job_start: this.#jobStart,
      docs: this.#docs,
      batchs: this.#docs,
      cur_batch: this.#current,
      request_pending: flags.requestPending,
      cancellation_requested: flags.cancellationRequested,
      latest_message: this.#latest,
      history_messages: this.#history.slice(-LONGEST_HISTORY),
      update_status: {},
    }
  }
}
