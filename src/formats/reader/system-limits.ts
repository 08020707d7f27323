import { accessSync, constants } from 'node:fs'
import type { ReadLimits } from './read-limits.ts'

/** As POSIX names them: what the system itself holds a process to. */
export type SystemLimit = 'core' | 'fsize' | 'cpu' | 'data'

const SHELL = '/bin/sh'
/** Who reads files gives way to who answers questions. */
export const NICENESS = 5
/** What a process takes of the processor for its start is far below this, in seconds. */
const START_SECONDS = 30
/** From the signal that tells of the limit to the one that nothing survives, in seconds. */
const GRACE_SECONDS = 5
/** Node with all libraries, its threads and what a heap commits ahead, in MB. */
const BESIDE_GROWTH_MB = 512

/** Whether there is a shell to set limits. Looked up once: it is part of the system. */
const HAS_SHELL = canRun(SHELL)

export interface Command {
  readonly path: string
  /** Before all that the program itself is given. */
  readonly args: readonly string[]
}

/**
 * Runs a program under limits of the system, which neither it nor what it reads can lift. They hold for
 * its whole life; Node can set none itself, so a shell does, and becomes the program.
 *
 * The program's last argument names the limits that the system refused, parted by blanks.
 */
export function underSystemLimits(program: string, limits: ReadLimits): Command | null {
  if (!HAS_SHELL) return null
  const failed = Object.entries(commandsFor(limits)).map(
    ([name, command]) => `{ ${command}; } 2>/dev/null || failed="$failed ${name}"`,
  )
  // Set here it holds for all threads; a process that lowers its own priority lowers that of one.
  const polite = `command -v nice >/dev/null && exec nice -n ${NICENESS} "$0" "$@" "$failed"`
  const script = ['failed=', ...failed, polite, 'exec "$0" "$@" "$failed"'].join('\n')
  return { path: SHELL, args: ['-c', script, program] }
}

/** Those that hold for nobody where there is no shell to set them. */
export const ALL_SYSTEM_LIMITS: readonly SystemLimit[] = ['core', 'fsize', 'cpu', 'data']

function commandsFor({ maxCpuMs, maxGrowthMb }: ReadLimits): Record<SystemLimit, string> {
  // A process is kept until it has used the time of one file, and then may begin another.
  const seconds = START_SECONDS + 2 * Math.ceil(maxCpuMs / 1000)
  return {
    core: 'ulimit -c 0',
    fsize: 'ulimit -f 0',
    cpu: `ulimit -t ${seconds + GRACE_SECONDS} && ulimit -S -t ${seconds}`,
    data: `ulimit -d ${(BESIDE_GROWTH_MB + Math.ceil(maxGrowthMb)) * 1024}`,
  }
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
