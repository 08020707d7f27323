import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Compiled before the tests began. */
const CLI = process.env.TENANTRAG_TEST_CLI ?? ''

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

/** `serve` as a process of its own over `folder`; resolves when it answers, or rejects when it ends. */
export async function startRealProcess(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RealProcess> {
  const port = await freePort()
  const child = spawn(process.execPath, [CLI, 'serve'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: String(port),
      WORKING_DIR: join(folder, 'rag_storage'),
      INPUT_DIR: join(folder, 'inputs'),
      LOG_LEVEL: 'warn',
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
  while (child.exitCode === null) {
    const up = await fetch(`${url}/health`).catch(() => null)
    if (up?.ok) return real
    await sleep(20)
  }
  throw new Error(`The server ended with ${child.exitCode}:\n${printed}`)
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (typeof address === 'string' || address === null) throw new Error('no port')
  return address.port
}
