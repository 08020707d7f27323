import { EngineError } from '../../engine/ports/engine-error.ts'
import type { ReadFile } from '../../engine/ports/file-reader.ts'
import type { ReadLimits } from './read-limits.ts'
import type { SpentLimit } from './read-watch.ts'

/** What came of reading one file. */
export type ReadOutcome =
  | { readonly kind: 'read'; readonly file: ReadFile }
  /** The reason is safe to show; null when nobody foresaw what went wrong. */
  | { readonly kind: 'refused'; readonly reason: string | null; readonly cause: string }
  /** A limit was reached; `files` when it tried to write one. */
  | { readonly kind: 'over'; readonly limit: SpentLimit | 'files' }
  /** The process failed by itself, as by a mistake in a library or in Node. */
  | { readonly kind: 'crashed'; readonly cause: unknown }
  /** It was ended from outside, as by a system that is short of memory. */
  | { readonly kind: 'killed'; readonly cause: unknown }

export type FailedRead = Exclude<ReadOutcome, { kind: 'read' }>

/** Whether another try may end otherwise: what is counted by the processor comes out the same. */
export function isWorthAnotherTry(outcome: ReadOutcome): outcome is FailedRead {
  const { kind } = outcome
  return kind === 'crashed' || kind === 'killed' || (kind === 'over' && outcome.limit === 'clock')
}

/** The error for whoever sent the file, with what to do about it. */
export function refusalOf(outcome: FailedRead, limits: ReadLimits): EngineError {
  const cause = 'cause' in outcome ? { cause: outcome.cause } : {}
  return new EngineError('invalid_argument', sentenceOf(outcome, limits), cause)
}

function sentenceOf(outcome: FailedRead, { maxCpuMs, maxClockMs }: ReadLimits): string {
  switch (outcome.kind) {
    case 'refused':
      return outcome.reason ?? 'The file is damaged and cannot be read.'
    case 'crashed':
      return 'The file made its reader crash, twice, as want of memory does too. Save it anew, or divide it.'
    case 'killed':
      return 'The system ended the reader of the file, twice, as it does when memory is short. Send it again later, or in parts.'
    case 'over':
      return {
        cpu: `The file took more than ${maxCpuMs / 1000} seconds of the processor to read. Divide it, or have READ_SECONDS raised.`,
        clock: `The reader of the file stood still for ${maxClockMs / 1000} seconds, twice. Save it anew, or in another format.`,
        memory:
          'The file needs more memory to read than it may take. Divide it, or have READ_MEMORY_MB and READ_HEAP_MB raised.',
        files: 'The file made its reader write to the disk, which no reader may. Save it anew.',
      }[outcome.limit]
  }
}
