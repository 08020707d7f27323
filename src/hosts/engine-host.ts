import { type ChildProcess, fork } from 'node:child_process'
import { Agent } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ControlError } from '../control/core/control-error.ts'
import { EngineError } from '../engine/ports/engine-error.ts'
import type { Work } from '../engine/work/announced-work.ts'
import type { LifeFiles } from '../life/life-files.ts'
import { TenancyError } from '../tenancy/tenancy-error.ts'
import { fileToRun, IS_TYPESCRIPT } from '../threads/start-thread.ts'
import { findSuspect } from './find-suspect.ts'
import type { FrontCalls, HostCalls, HostStart } from './host-calls.ts'
import { HostChannel } from './host-channel.ts'
import type { HostDesk } from './host-desk.ts'

/** Errors that come over with their class. */
export const CARRIED_ERRORS = { ControlError, EngineError, TenancyError }

const HEAP_OPTION = /--max[-_]old[-_]space[-_]size/
/** Sockets to a host that are kept open while nobody uses them. */
const KEPT_SOCKETS = 64

export interface EngineHostOptions {
  /** Its TypeScript file; `bundle.mjs` names it. */
  readonly entry: URL
  readonly start: HostStart
  readonly desk: HostDesk
  /** The most that its heap may take, unless the options of Node's say so, in MB. */
  readonly heapMb: number
  /** Takes each line that it prints. */
  readonly onLine: (line: string) => void
  readonly onError: (error: unknown) => void
  /** Where processes leave word of their ends. */
  readonly lives: LifeFiles
}

/** How a process has ended. */
export interface HostExit {
  /** The work that ended it; null when nobody's did. */
  readonly suspect: Work | null
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
  #life: string | undefined
  #hasEnded = false

  /** @throws when the system gives no process */
  constructor({ entry, start, desk, heapMb, lives, onLine, onError }: EngineHostOptions) {
    this.socketPath = start.socketPath
    const child = fork(fileURLToPath(fileToRun(entry)), [], {
      execArgv: [
        ...(IS_TYPESCRIPT ? ['--import', import.meta.resolve('tsx')] : []),
        ...(HEAP_OPTION.test(process.env.NODE_OPTIONS ?? '')
          ? []
          : [`--max-old-space-size=${heapMb}`]),
      ],
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
      const end = (exit: Omit<HostExit, 'suspect'>) => {
        if (this.#hasEnded) return
        this.#hasEnded = true
        const suspect = this.#life === undefined ? null : findSuspect(lives, this.#life, exit)
        this.channel.close()
        this.agent.destroy()
        desk.end()
        resolve({ ...exit, suspect })
      }
      child.once('error', (error) => {
        onError(error)
        if (child.pid === undefined) end({ code: null, signal: null })
      })
      child.once('exit', (code, signal) => end({ code, signal }))
    })
    this.started = this.channel.call('start', start).then((life) => {
      this.#life = life
    })
    // Whoever waits for it hears it; nobody may.
    this.started.catch(() => undefined)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Whether it has come up and has not ended. */
  get isReady(): boolean {
    return this.#life !== undefined && !this.#hasEnded
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
