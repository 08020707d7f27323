import { readFileSync, readlinkSync } from 'node:fs'

/** Linux counts the time of a thread in these, whatever the machine. */
const MS_A_TICK = 10
/** Of what stands behind the name, which may hold blanks and brackets itself: the time in its own code, and in the system's. */
const USER = 11
const SYSTEM = 12

/** By what the system knows the thread that calls this; null where it does not tell. */
export function ownTask(): string | null {
  try {
    return readlinkSync('/proc/thread-self')
  } catch {
    return null
  }
}

/**
 * What a thread, or a process with all its threads, has spent of the processor, in milliseconds, told
 * while it runs on. Null where the system does not tell: on all but Linux, behind its end, and while no
 * file can be opened.
 *
 * @param task that of a thread, or the id of a process
 */
export function cpuMsOf(task: string | null): number | null {
  if (task === null) return null
  try {
    const stat = readFileSync(`/proc/${task}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ms = (Number(fields[USER]) + Number(fields[SYSTEM])) * MS_A_TICK
    return Number.isFinite(ms) ? ms : null
  } catch {
    return null
  }
}
