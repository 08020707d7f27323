import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { UsersThreadData } from './users-thread.ts'
import type { UsersVersion } from './users-version.ts'

/** A file of this size is checked in a few milliseconds: less than a thread takes to start. */
export const SMALL_USERS_BYTES = 64 * 1024

/**
 * Reads and judges a users file in a thread of its own. It loads little, so that a program can begin
 * with this while the rest of it is being loaded.
 *
 * @throws when the thread fails or `signal` is aborted
 */
export async function readUsersInThread(
  data: UsersThreadData,
  signal: AbortSignal,
): Promise<UsersVersion> {
  signal.throwIfAborted()
  const worker = startThread(data)
  const stop = () => void worker.terminate()
  signal.addEventListener('abort', stop)
  worker.unref()
  const ended = once(worker, 'exit').then(() => {
    throw new Error('the thread that reads the users ended')
  })
  try {
    // Rejects with an uncaught error of the thread.
    const [version] = await Promise.race([once(worker, 'message'), ended])
    return version
  } finally {
    ended.catch(() => undefined)
    signal.removeEventListener('abort', stop)
    await worker.terminate()
  }
}

function startThread(workerData: UsersThreadData): Worker {
  // Neither the loaders and debuggers of this process nor its secrets.
  const options = { workerData, execArgv: [], env: {} }
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./users-thread.js', import.meta.url), options)
  }
  // Where this runs as TypeScript, a thread must load the compiler before anything of ours.
  const compiler = import.meta.resolve('tsx/esm/api')
  const entry = new URL('./users-thread.ts', import.meta.url).href
  const source = `import(${JSON.stringify(compiler)}).then(({ register }) => {
    register()
    return import(${JSON.stringify(entry)})
  })`
  return new Worker(source, { ...options, eval: true })
}
