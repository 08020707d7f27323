import { readFileSync } from 'node:fs'
import { cpuMsOf } from '../../threads/thread-cpu.ts'

/** What a process has taken so far. */
export interface Usage {
  /** Of the processor, of all its threads, in milliseconds. */
  readonly cpuMs: number
  /** What it has in memory now, in MB. */
  readonly residentMb: number
}

/**
 * What another process has taken, told by the system and not by that process. Null where the system
 * tells it in no file, and of a process that is gone.
 */
export function usageOf(pid: number): Usage | null {
  try {
    const cpuMs = cpuMsOf(String(pid))
    if (cpuMs === null) return null
    const resident = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
    // A process that has ended and was not waited for has no memory any more.
    return { cpuMs, residentMb: Number(resident?.[1] ?? 0) / 1024 }
  } catch {
    return null
  }
}
