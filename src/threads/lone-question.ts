import type { CarriedError } from './carried-error.ts'
import type { ThreadLimit } from './thread-job.ts'

/** What one question may take. */
export interface LoneBounds {
  /** What the heap of the thread may be, in MB; well above `maxBytes`. */
  readonly heapMb: number
  /** What the question may take of memory. */
  readonly maxBytes: number
  /** What it may take of the processor, in milliseconds, without the start. */
  readonly maxCpuMs: number
}

/** What a process is asked, once. */
export interface LoneQuestion<Question> extends LoneBounds {
  /** The TypeScript file that its thread runs, as a URL. */
  readonly worker: string
  readonly question: Question
}

/** What it says: that it can be asked, and then one thing more. */
export type LoneMessage<Answer> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'over'; readonly limit: ThreadLimit }
  | { readonly kind: 'none' | 'error'; readonly error: CarriedError }
