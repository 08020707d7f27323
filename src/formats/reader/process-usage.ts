import { readFileSync } from 'node:fs'

/** What a process has taken so far. */
export interface Usage {
  /** Of the processor, of all its threads, in milliseconds. */
  readonly cpuMs: number
  /** What it has in memory now, in MB. */
  readonly residentMb: number
}

/** Linux counts in hundredths of a second, whatever its kernel does within. */
const MS_A_TICK = 10
/** Places behind the name, which may hold blanks and brackets itself. */
const USER_TICKS = 11
const SYSTEM_TICKS = 12

/**
 * What another process has taken, told by the system and not by that process. Null where the system
 * tells it in no file, and of a process that is gone.
 */
export function usageOf(pid: number): Usage | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])
    const resident = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
    // A process that has ended and was not waited for has no memory any more.
    return { cpuMs: ticks * MS_A_TICK, residentMb: Number(resident?.[1] ?? 0) / 1024 }
  } catch {
    return null
  }
}
