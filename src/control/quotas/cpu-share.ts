/**
 * Where the processor was used:
 * - `loop`: in calls, and in what documents make the event loop do
 * - `texts`: in threads that work on long texts
 * - `files`: in processes that read files
 */
export const CPU_KINDS = ['loop', 'texts', 'files'] as const
export type CpuKind = (typeof CPU_KINDS)[number]

/** What the work of one workspace took of the processor. */
export interface CpuShare {
  readonly workspace: string
  readonly kind: CpuKind
  /** In milliseconds. */
  readonly ms: number
}
