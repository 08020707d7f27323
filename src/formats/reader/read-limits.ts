import type { OcrSettings } from '../ocr/read-picture.ts'

/** What reading one file may cost. */
export interface ReadLimits {
  /** Time of the processor, in milliseconds: what others take of a busy machine is no fault of it. */
  readonly maxCpuMs: number
  /** Wall time, in milliseconds, of a reader that does not work. */
  readonly maxClockMs: number
  /** JavaScript heap of the reader, in MB. */
  readonly maxHeapMb: number
  /** Growth of the reader's whole process, in MB: buffers are no part of the heap. */
  readonly maxGrowthMb: number
  readonly maxFileBytes: number
  /** Sum over the parts of an archive, unpacked. */
  readonly maxUnpackedBytes: number
  /** Parts of an archive. */
  readonly maxEntries: number
  /** Unpacked size over packed size, asked of parts large enough to do harm. */
  readonly maxRatio: number
  /** Elements, objects or groups within one another. */
  readonly maxDepth: number
  /** Of the text that comes out, in UTF-16 units. */
  readonly maxTextLength: number
  /** Files that a mail may bring along; what is more is named in its text. */
  readonly maxAttachments: number
  /** Their bytes together. */
  readonly maxAttachedBytes: number
  /** Whether what a file does not show is read too: hidden sheets, comments, headers and footers. */
  readonly readHidden: boolean
  /** What reads pictures of text; null where nothing does. */
  readonly ocr: OcrSettings | null
}

const MB = 1024 * 1024
/** A busy machine may leave a reader without any turn for this many times as long. */
export const CLOCK_OVER_CPU = 10

export const DEFAULT_READ_LIMITS: ReadLimits = Object.freeze({
  maxCpuMs: 60_000,
  maxClockMs: 60_000 * CLOCK_OVER_CPU,
  maxHeapMb: 512,
  maxGrowthMb: 1024,
  maxFileBytes: 256 * MB,
  maxUnpackedBytes: 256 * MB,
  maxEntries: 10_000,
  maxRatio: 200,
  maxDepth: 1000,
  maxTextLength: 32 * MB,
  maxAttachments: 50,
  maxAttachedBytes: 32 * MB,
  readHidden: false,
  ocr: null,
})
