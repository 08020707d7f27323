import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { hash } from 'bcryptjs'
import { type Holds, holdsOf } from './holds.ts'
import { cpuSecondsOf, peakMegabytes, processTree } from './process-tree.ts'

const START_MS = 60_000
const HEAP_MB = 512
const PASSWORD_COST = 10

export interface BlastUser {
  readonly username: string
  readonly password: string
  readonly key: string
}

export const OPERATOR = {
  username: 'operator',
  password: 'pw-operator',
  key: 'key-of-the-operator',
}
export const ATTACKER = userOf('attacker')
export const HONEST = userOf('honest')
export const OTHERS: readonly BlastUser[] = Array.from({ length: 20 }, (_, i) =>
  userOf(`other-${i + 1}`),
)

function userOf(username: string): BlastUser {
  return { username, password: `pw-${username}`, key: `key-of-${username}-0123456789` }
}

export interface BlastServer {
  readonly url: string
  readonly folder: string
  readonly pid: number
  /** Whether the process that was started is the one that runs. */
  isUp(): boolean
  /** Processor time of it and its children so far. */
  cpuSeconds(): number
  peakMegabytes(): number
  holds(from: number, to: number): Promise<Holds>
  /** Ends it and all its children, and deletes what it stored. */
  end(): Promise<void>
}

/**
 * `serve` of a built program, with a user and a workspace for each of the callers, offline models and
 * a heap of 512 MB a process.
 *
 * @param managed whether it keeps tenants in a control database as well
 */
export async function startBlastServer(
  cli: string,
  managed: boolean,
  env: Readonly<Record<string, string>> = {},
): Promise<BlastServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tenantrag-blast-'))
  await mkdir(join(folder, 'probe'))
  await writeFile(join(folder, 'users.json'), await usersFile())
  const port = await freePort()
  const probe = new URL('loop-probe.mjs', import.meta.url).href
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP_MB}`, resolve(cli), 'serve'],
    {
      cwd: folder,
      env: {
        ...process.env,
        HOST: '127.0.0.1',
        PORT: String(port),
        WORKING_DIR: join(folder, 'rag_storage'),
        INPUT_DIR: join(folder, 'inputs'),
        USERS_FILE: join(folder, 'users.json'),
        ENABLE_MULTI_TENANTS: String(managed),
        LOG_LEVEL: 'warn',
        LOG_FORMAT: 'json',
        CHECK_MODELS: 'false',
        BLAST_PROBE_FOLDER: join(folder, 'probe'),
        NODE_OPTIONS: `--max-old-space-size=${HEAP_MB} --import=${probe}`,
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000)
  })
  const server = new StartedServer(folder, port, child)
  const deadline = performance.now() + START_MS
  while (server.isUp() && performance.now() < deadline) {
    const up = await fetch(`${server.url}/health`).catch(() => null)
    await up?.arrayBuffer()
    if (up?.ok) return server
    await sleep(50)
  }
  await server.end()
  throw new Error(`The server does not answer:\n${complaints}`)
}

class StartedServer implements BlastServer {
  readonly url: string
  readonly folder: string
  readonly #child: ChildProcess
  readonly pid: number

  constructor(folder: string, port: number, child: ChildProcess) {
    this.folder = folder
    this.url = `http://127.0.0.1:${port}`
    this.#child = child
    this.pid = child.pid ?? 0
  }

  isUp(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  cpuSeconds(): number {
    return cpuSecondsOf(this.pid)
  }

  peakMegabytes(): number {
    return peakMegabytes(this.pid)
  }

  holds(from: number, to: number): Promise<Holds> {
    return holdsOf(join(this.folder, 'probe'), this.pid, from, to)
  }

  async end(): Promise<void> {
    const tree = processTree(this.pid)
    if (this.isUp()) {
      const ended = once(this.#child, 'exit')
      this.#child.kill('SIGKILL')
      await ended
    }
    for (const { pid } of tree) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended by itself.
      }
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function usersFile(): Promise<string> {
  const all = [ATTACKER, HONEST, ...OTHERS, OPERATOR]
  const users = all.map(async ({ username, password, key }) => ({
    username,
    // One that is guessed at costs what it costs in earnest.
    password: await hash(password, username === ATTACKER.username ? PASSWORD_COST : 4),
    api_key: key,
    workspace: username,
    ...(username === OPERATOR.username ? { super_admin: true } : {}),
  }))
  return JSON.stringify({ users: await Promise.all(users) })
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await once(probe.listen(0, '127.0.0.1'), 'listening')
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
