import { Worker, type WorkerOptions } from 'node:worker_threads'

/** Whether this runs as TypeScript, and not as what was made of it. */
export const IS_TYPESCRIPT = import.meta.url.endsWith('.ts')

/** What is run for a source file: itself, or what was made of it, which lies in its place. */
export function fileToRun(source: URL): URL {
  return IS_TYPESCRIPT ? source : new URL(source.href.replace(/\.ts$/, '.js'))
}

/**
 * Starts a thread with neither the loaders and debuggers of this process nor its secrets.
 *
 * @param source its TypeScript file; `bundle.mjs` names it
 * @throws when the system gives no thread
 */
export function startThread(
  source: URL,
  options: Pick<WorkerOptions, 'workerData' | 'resourceLimits'> = {},
): Worker {
  const bare = { ...options, execArgv: [], env: {} }
  if (!IS_TYPESCRIPT) return new Worker(fileToRun(source), bare)
  // A thread must load the compiler before anything of ours.
  const compiler = import.meta.resolve('tsx/esm/api')
  const first = `import(${JSON.stringify(compiler)}).then(({ register }) => {
    register()
    return import(${JSON.stringify(source.href)})
  })`
  return new Worker(first, { ...bare, eval: true })
}
