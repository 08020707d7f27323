import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/**
 * Brings the database in a folder up to date in a thread of its own, while others are answered. The
 * thread is never ended by force, for that may abort the process while the library is in a call.
 *
 * @throws when the thread cannot start, or its work fails
 */
export async function migrateInThread(dir: string): Promise<void> {
  const worker = startThread(dir)
  // Rejects with an uncaught error of the thread.
  const [status] = await once(worker, 'exit')
  if (status !== 0) throw new Error('the thread that migrates a workspace ended')
}

function startThread(workerData: string): Worker {
  // Neither the loaders and debuggers of this process nor its secrets.
  const options = { workerData, execArgv: [], env: {} }
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./migrate-thread.js', import.meta.url), options)
  }
  // Where this runs as TypeScript, a thread must load the compiler before anything of ours.
  const compiler = import.meta.resolve('tsx/esm/api')
  const entry = new URL('./migrate-thread.ts', import.meta.url).href
  const source = `import(${JSON.stringify(compiler)}).then(({ register }) => {
    register()
    return import(${JSON.stringify(entry)})
  })`
  return new Worker(source, { ...options, eval: true })
}
