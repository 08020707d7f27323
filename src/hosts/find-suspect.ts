import type { Work } from '../engine/work/announced-work.ts'
import type { LifeFiles } from '../life/life-files.ts'

/** Signals that a process gets for what it does itself. */
const OWN_SIGNALS: ReadonlySet<NodeJS.Signals | null> = new Set<NodeJS.Signals>([
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGSEGV',
  'SIGSYS',
  'SIGTRAP',
])

/**
 * What held the event loop of a process that ended by its own fault: that work ended it. Null where
 * somebody ended it from outside while it was going about its business, or nothing was announced.
 */
export function findSuspect(
  files: LifeFiles,
  life: string,
  { code, signal }: { readonly code: number | null; readonly signal: NodeJS.Signals | null },
): Work | null {
  // Its guard kills it as others may; but the guard leaves word of it.
  const isOwnFault =
    signal === null ? code !== 0 : OWN_SIGNALS.has(signal) || files.end(life) !== null
  if (isOwnFault) return files.lastWork(life)
  files.remove(life, 'work')
  return null
}
