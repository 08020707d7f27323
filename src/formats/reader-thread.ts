import { Worker } from 'node:worker_threads'
import type { ReadLimits } from './read-limits.ts'
import type { ReadReply, ReadRequest } from './reader-worker.ts'

/** A thread that reads one file at a time, and may be ended while it does. */
export class ReaderThread {
  readonly #worker: Worker
  #settle: ((outcome: ReadReply | Error) => void) | null = null
  #ended: Error | null = null
  #ready = false
  #announce: () => void = () => undefined
  /** Resolves when the thread has come up, or ended before. */
  readonly started = new Promise<void>((resolve) => {
    this.#announce = resolve
  })

  constructor(limits: ReadLimits) {
    this.#worker = startWorker({
      workerData: limits,
      // Neither the loaders and debuggers of this process nor its secrets.
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: limits.maxHeapMb },
      // What libraries print of a file is nobody's business.
      stdout: true,
      stderr: true,
    })
    this.#worker.stdout.resume()
    this.#worker.stderr.resume()
    this.#worker.unref()
    this.#worker.on('message', (message: ReadReply | 'ready') => {
      if (message === 'ready') this.#come()
      else this.#done(message)
    })
    this.#worker.on('error', (error) => this.#end(error))
    this.#worker.on('exit', () => this.#end(new Error('the reading thread ended')))
  }

  /** Whether it came up: what ends it later is the fault of a file. */
  get ready(): boolean {
    return this.#ready
  }

  get ended(): boolean {
    return this.#ended !== null
  }

  /** Rejects when the thread ends; calls must not overlap. */
  read(request: ReadRequest): Promise<ReadReply> {
    if (this.#ended) return Promise.reject(this.#ended)
    this.#worker.ref()
    return new Promise((resolve, reject) => {
      this.#settle = (outcome) => {
        if (outcome instanceof Error) reject(outcome)
        else resolve(outcome)
      }
      this.#worker.postMessage(request)
    })
  }

  /** Ends it for this reason, in the middle of whatever it does. */
  async end(reason: Error): Promise<void> {
    this.#end(reason)
    await this.#worker.terminate()
  }

  #come(): void {
    this.#ready = true
    this.#announce()
  }

  #end(reason: Error): void {
    this.#ended ??= reason
    this.#announce()
    this.#done(this.#ended)
  }

  #done(outcome: ReadReply | Error): void {
    const settle = this.#settle
    this.#settle = null
    this.#worker.unref()
    settle?.(outcome)
  }
}

function startWorker(options: ConstructorParameters<typeof Worker>[1]): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./reader-worker.js', import.meta.url), options)
  }
  // Where this runs as TypeScript, a thread must load the compiler before anything of ours.
  const compiler = import.meta.resolve('tsx/esm/api')
  const entry = new URL('./reader-worker.ts', import.meta.url).href
  const source = `import(${JSON.stringify(compiler)}).then(({ register }) => {
    register()
    return import(${JSON.stringify(entry)})
  })`
  return new Worker(source, { ...options, eval: true })
}
