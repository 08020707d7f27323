import { readdirSync, readFileSync } from 'node:fs'

/** Of Linux, whatever the machine. */
const TICKS_A_SECOND = 100

interface ProcessStat {
  readonly pid: number
  readonly parent: number
  /** Of it and of its children that have ended. */
  readonly cpuSeconds: number
}

/** A process and all that descend from it. */
export function processTree(root: number): ProcessStat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)))
  const tree = all.filter(({ pid }) => pid === root)
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid))
  return tree
}

export function cpuSecondsOf(root: number): number {
  return processTree(root).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0)
}

/** The most memory that a process had, in MB. */
export function peakMegabytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
  } catch {
    return 0
  }
}

function statOf(pid: number): ProcessStat[] {
  try {
    // The name of the program is in brackets, and may have any characters.
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    return [{ pid, parent: Number(fields[1]), cpuSeconds: ticks / TICKS_A_SECOND }]
  } catch {
    return []
  }
}
