import { type ChildProcess, fork } from 'node:child_process'
import { Agent } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ControlError } from '../control/core/control-error.ts'
import { EngineError } from '../engine/ports/engine-error.ts'
import { TenancyError } from '../tenancy/tenancy-error.ts'
import { fileToRun, IS_TYPESCRIPT } from '../threads/start-thread.ts'
import type { FrontCalls, HostCalls, HostStart } from './host-calls.ts'
import { HostChannel } from './host-channel.ts'
import type { HostDesk } from './host-desk.ts'

/** Errors that come over with their class. */
export const CARRIED_ERRORS = { ControlError, EngineError, TenancyError }

/** Sockets to a host that are kept open while nobody uses them. */
const KEPT_SOCKETS = 64

export interface EngineHostOptions {
  /** Its TypeScript file; `bundle.mjs` names it. */
  readonly entry: URL
  readonly start: HostStart
  readonly desk: HostDesk
  /** Flags of Node's, such as a bound on its heap. */
  readonly execArgv: readonly string[]
  /** Takes each line that it prints. */
  readonly onLine: (line: string) => void
  readonly onError: (error: unknown) => void
}

/** How a process has ended. */
export interface HostExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A process that holds engines, as the front sees it. */
export class EngineHost {
  readonly socketPath: string
  readonly agent = new Agent({ keepAlive: true, maxFreeSockets: KEPT_SOCKETS, scheduling: 'lifo' })
  /** Resolves when it has ended, after what it held has come back. Never rejects. */
  readonly ended: Promise<HostExit>
  /** Resolves when it takes requests; rejects when it ends before. */
  readonly started: Promise<void>
  readonly channel: HostChannel<FrontCalls, HostCalls>
  readonly #child: ChildProcess
  #hasEnded = false

  /** @throws when the system gives no process */
  constructor({ entry, start, desk, execArgv, onLine, onError }: EngineHostOptions) {
    this.socketPath = start.socketPath
    const child = fork(fileURLToPath(fileToRun(entry)), [], {
      execArgv: [...(IS_TYPESCRIPT ? ['--import', import.meta.resolve('tsx')] : []), ...execArgv],
      // None of the secrets of this process: what a host needs it is told.
      env: bareEnvironment(),
      // The last is held open by nobody but this process: when it closes, the host ends itself.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
      serialization: 'advanced',
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', onLine)
    }
    child.stdio[4]?.on('error', () => undefined)
    this.channel = new HostChannel<FrontCalls, HostCalls>(child, {
      calls: desk,
      errors: CARRIED_ERRORS,
      onError,
    })
    this.ended = new Promise((resolve) => {
      const end = (exit: HostExit) => {
        if (this.#hasEnded) return
        this.#hasEnded = true
        this.channel.close()
        this.agent.destroy()
        desk.end()
        resolve(exit)
      }
      child.once('error', (error) => {
        onError(error)
        if (child.pid === undefined) end({ code: null, signal: null })
      })
      child.once('exit', (code, signal) => end({ code, signal }))
    })
    this.started = this.channel.call('start', start)
    // Whoever waits for it hears it; nobody may.
    this.started.catch(() => undefined)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}

function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, TZ, LANG, NODE_OPTIONS, NODE_EXTRA_CA_CERTS } = process.env
  const proxies = Object.entries(process.env).filter(([name]) =>
    /^(?:https?|no)_proxy$/i.test(name),
  )
  return Object.fromEntries(
    Object.entries({
      PATH,
      HOME,
      TMPDIR,
      TZ,
      LANG,
      NODE_OPTIONS,
      NODE_EXTRA_CA_CERTS,
      ...Object.fromEntries(proxies),
    }).filter(([, value]) => value !== undefined),
  )
}
