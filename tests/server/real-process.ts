import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TEST_HOSTS } from './test-hosts.ts'

/** A start takes a second; so long may it take on a machine that is busy with other things. */
const START_MS = 150_000
const FIRST_PORT = 10_000
const PORTS_A_SHARE = 100
const SHARES = 200
let given = 0

export interface RealProcess {
  readonly url: string
  readonly child: ChildProcess
  /** What it printed so far, both streams. */
  output(): string
  /** SIGKILL, and the end of the process awaited. */
  kill(): Promise<void>
  /** SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>
}

/**
 * `serve` as a process of its own over `folder`; resolves when it answers, or rejects when it ends.
 *
 * @param wrapper a command that ends by running the one it is given, such as `nice`
 */
export async function startRealProcess(
  folder: string,
  env: Readonly<Record<string, string>> = {},
  wrapper: readonly string[] = [],
): Promise<RealProcess> {
  const port = await freePort()
  // Compiled before the tests began.
  const cli = process.env.TENANTRAG_TEST_CLI ?? ''
  const [command = '', ...rest] = [...wrapper, process.execPath, cli, 'serve']
  const child = spawn(command, rest, {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: String(port),
      WORKING_DIR: join(folder, 'rag_storage'),
      INPUT_DIR: join(folder, 'inputs'),
      LOG_LEVEL: 'warn',
      // Tests count the calls of models.
      CHECK_MODELS: 'false',
      ...TEST_HOSTS,
      MAX_EVENT_LOOP_DELAY_MS: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
  }
  const ended = once(child, 'exit')
  const url = `http://127.0.0.1:${port}`
  const real: RealProcess = {
    url,
    child,
    output: () => printed,
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
    stop: async () => {
      child.kill('SIGTERM')
      const [code] = await ended
      return code
    },
  }
  const deadline = performance.now() + START_MS
  while (child.exitCode === null && child.signalCode === null) {
    const up = await fetch(`${url}/health`).catch(() => null)
    await up?.arrayBuffer()
    if (up?.ok) return real
    if (performance.now() > deadline) {
      await real.kill()
      throw new Error(`The server did not answer in ${START_MS} ms:\n${printed}`)
    }
    await sleep(20)
  }
  throw new Error(`The server ended with ${child.exitCode}:\n${printed}`)
}

/**
 * A port from the share of this process. It lies below those that the system hands to whoever asks
 * for any: else another test could be given it before the server has come so far as to take it.
 */
async function freePort(): Promise<number> {
  const first = FIRST_PORT + (process.pid % SHARES) * PORTS_A_SHARE
  for (;;) {
    const port = first + (given++ % PORTS_A_SHARE)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
