import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EXAMPLE_USERS } from './demo-users.ts'
import { type DemoOutput, Screen } from './screen.ts'
import { showDemo } from './show-demo.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Holds Ctrl-C and a polite kill back from ending the process until `stop` is called. */
class SignalWatch {
  /** Resolves at the first signal, and never without one. */
  readonly first: Promise<void>
  #listener = (): void => {}

  constructor() {
    this.first = new Promise((resolve) => {
      this.#listener = resolve
    })
    for (const signal of SIGNALS) process.on(signal, this.#listener)
  }

  stop(): void {
    for (const signal of SIGNALS) process.off(signal, this.#listener)
  }
}

export interface DemoServerOptions {
  /** 0: any free port. */
  readonly port: 0
  readonly workingDir: string
  readonly inputDir: string
  readonly usersFile: string
}

export interface DemoServer {
  readonly url: string
  close(): Promise<void>
}

export interface DemoOptions {
  readonly startServer: (options: DemoServerOptions) => Promise<DemoServer>
  /** Ends after the checks instead of serving until Ctrl-C. */
  readonly exit: boolean
  readonly out: DemoOutput
}

/** Exit status of a process that Ctrl-C ended. */
const INTERRUPTED = 130

/**
 * Shows two companies on one server, each asking the same questions of its own documents, and
 * checks that neither sees the other. Everything lives in a temporary folder that goes at the end.
 *
 * @returns the exit status: 0 when every check holds, 1 when one fails, 130 when interrupted
 */
export async function runDemo({ startServer, exit, out }: DemoOptions): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantrag-demo-'))
  const signals = new SignalWatch()
  try {
    const usersFile = join(folder, 'users.json')
    await copyFile(EXAMPLE_USERS, usersFile)
    const server = await startServer({
      port: 0,
      workingDir: join(folder, 'rag_storage'),
      inputDir: join(folder, 'inputs'),
      usersFile,
    })
    try {
      return await present(server.url, new Screen(out), exit, signals.first)
    } finally {
      await server.close()
    }
  } finally {
    signals.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function present(
  url: string,
  screen: Screen,
  exit: boolean,
  interrupted: Promise<void>,
): Promise<number> {
  const show = showDemo(url, screen).then((holds) => (holds ? 0 : 1))
  // An interrupted show fails on its closed server; nobody waits for it any more.
  show.catch(() => {})
  const status = await Promise.race([show, interrupted.then(() => INTERRUPTED)])
  if (status === INTERRUPTED || exit) return status
  screen.line()
  screen.line(`Serving on ${url}. Ctrl-C stops the server and deletes the demo's folder.`)
  await interrupted
  return status
}
