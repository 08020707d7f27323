import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { fileToRun, IS_TYPESCRIPT } from '../../threads/start-thread.ts'
import type { ReadLimits } from './read-limits.ts'
import { ALL_SYSTEM_LIMITS, underSystemLimits } from './system-limits.ts'

/**
 * Starts a process that reads files, under limits of the system where it has them. It gets the limits
 * as JSON, and then the names of those that nobody holds it to.
 *
 * @param host what runs in it
 * @throws when the system gives no process
 */
export function startReader(host: URL, limits: ReadLimits): ChildProcess {
  // Neither the loaders and debuggers of this process nor its secrets.
  const node = IS_TYPESCRIPT ? ['--import', import.meta.resolve('tsx')] : []
  const command = underSystemLimits(process.execPath, limits)
  const args = [JSON.stringify(limits)]
  if (command === null) args.push(ALL_SYSTEM_LIMITS.join(' '))
  return fork(fileURLToPath(fileToRun(host)), args, {
    ...(command === null
      ? { execArgv: node }
      : { execPath: command.path, execArgv: [...command.args, ...node] }),
    // The compiler would keep files, which it may not write.
    env: IS_TYPESCRIPT ? { TSX_DISABLE_CACHE: '1' } : {},
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  })
}
