import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { TEST_HOSTS } from '../../server/test-hosts.ts'
import { HOST_SUFFIX } from './intrusions.ts'

export interface SoakGauges {
  /** Engines closed since the start. */
  readonly evictions: number
  /** Workspaces whose engines are open, opening or closing. */
  readonly open: readonly string[]
  /** Processor time it has used. */
  readonly cpuMs: number
  readonly megabytes: number
  readonly mostMegabytes: number
}

export interface SoakServer {
  readonly url: string
  /** What it logged as errors, but for what it said of the users file. */
  readonly complaints: readonly string[]
  /** As they are, or were before it ended. */
  gauges(): Promise<SoakGauges>
  close(): Promise<void>
}

/** The real server as a child process, with a pool for fewer engines than there are workspaces. */
export async function startSoakServer(folder: string, maxEngines: number): Promise<SoakServer> {
  const env = {
    HOST: '127.0.0.1',
    PORT: '0',
    WORKING_DIR: join(folder, 'rag_storage'),
    INPUT_DIR: join(folder, 'inputs'),
    USERS_FILE: join(folder, 'users.json'),
    TENANT_HOST_SUFFIX: HOST_SUFFIX,
    LOG_LEVEL: 'error',
    POOL_MAX_ENGINES: String(maxEngines),
    POOL_ACQUIRE_TIMEOUT_SECONDS: '60',
    // A busy machine is no reason to refuse anybody.
    MAX_EVENT_LOOP_DELAY_MS: '0',
    ...TEST_HOSTS,
  }
  const child = fork(
    fileURLToPath(new URL('server-child.ts', import.meta.url)),
    [JSON.stringify(env)],
    {
      execArgv: ['--import', import.meta.resolve('tsx')],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  )
  const complaints: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue
    createInterface(stream).on('line', (line) => {
      if (!line.includes('"msg":"The users file is ')) complaints.push(line)
    })
  }
  const ended = once(child, 'exit')
  const [first] = await Promise.race([once(child, 'message'), ended])
  if (typeof first !== 'object' || first === null || typeof first.url !== 'string') {
    throw new Error(`The server did not start: ${complaints.join('\n')}`)
  }
  let last: SoakGauges = { evictions: 0, open: [], cpuMs: 0, megabytes: 0, mostMegabytes: 0 }
  const asked = new Map<number, () => void>()
  let count = 0
  child.on('message', (gauges: SoakGauges & { id: number }) => {
    last = gauges
    asked.get(gauges.id)?.()
    asked.delete(gauges.id)
  })
  let closing = false
  child.on('exit', (code, signal) => {
    if (!closing) complaints.push(`it ended with ${code ?? signal}`)
    for (const answer of asked.values()) answer()
  })
  return {
    url: first.url,
    complaints,
    gauges: async () => {
      if (!child.connected) return last
      count += 1
      const answered = new Promise<void>((resolve) => asked.set(count, resolve))
      // It may end meanwhile; then the last gauges are all there is.
      child.send(count, () => undefined)
      await answered
      return last
    },
    close: async () => {
      closing = true
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
