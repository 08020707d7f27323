import type { ScanStatus } from '../documents/document-calls.ts'

/** `processed`: taken in; `warning`: left alone, with a reason; `error`: could not be taken in. */
export type ScanBucket = 'processed' | 'warning' | 'error'

const BUCKETS = ['processed', 'warning', 'error'] as const
const MOST_SAMPLES = 100

/** What one scan of the input folder did so far. */
export class ScanJob {
  readonly trackId: string
  readonly #started = Date.now()
  #updated = this.#started
  #version = 1
  #status: ScanStatus['status'] = 'running'
  #message = 'The input folder is being read.'
  readonly #counts = { processed: 0, warning: 0, error: 0 }
  readonly #samples: Record<ScanBucket, string[]> = { processed: [], warning: [], error: [] }

  constructor(trackId: string) {
    this.trackId = trackId
  }

  /** Counts a file, with a word about it where there is something to say. */
  count(bucket: ScanBucket, fileName: string, remark?: string): void {
    this.#counts[bucket]++
    const samples = this.#samples[bucket]
    if (samples.length < MOST_SAMPLES) {
      samples.push(remark === undefined ? fileName : `${fileName}: ${remark}`)
    }
    this.#touch()
  }

  say(message: string): void {
    this.#message = message
    this.#touch()
  }

  end(status: 'completed' | 'failed' | 'cancelled', message: string): void {
    this.#status = status
    this.say(message)
  }

  get counts(): Readonly<Record<ScanBucket, number>> {
    return this.#counts
  }

  status(): ScanStatus {
    const samples = BUCKETS.map((bucket) => {
      const items = [...this.#samples[bucket]]
      const dropped = this.#counts[bucket] - items.length
      return [bucket, { items, truncated: dropped > 0, dropped }] as const
    })
    return {
      track_id: this.trackId,
      status: this.#status,
      counts: { ...this.#counts },
      counts_dropped: 0,
      samples: Object.fromEntries(samples),
      created_at: this.#started / 1000,
      updated_at: this.#updated / 1000,
      version: this.#version,
      message: this.#message,
    }
  }

  #touch(): void {
    this.#updated = Date.now()
    this.#version++
  }
}
