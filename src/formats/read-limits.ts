/** What reading one file may cost. */
export interface ReadLimits {
  /** Wall time, in milliseconds. */
  readonly maxMs: number
  /** JavaScript heap of the reading thread, in MB. */
  readonly maxHeapMb: number
  /** Growth of the whole process while a file is read, in MB: buffers are no part of the heap. */
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
}

const MB = 1024 * 1024

export const DEFAULT_READ_LIMITS: ReadLimits = Object.freeze({
  maxMs: 60_000,
  maxHeapMb: 512,
  maxGrowthMb: 1024,
  maxFileBytes: 256 * MB,
  maxUnpackedBytes: 256 * MB,
  maxEntries: 10_000,
  maxRatio: 200,
  maxDepth: 1000,
  maxTextLength: 32 * MB,
})
