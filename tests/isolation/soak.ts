import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadConfig } from '../../src/config.ts'
import { startServer } from '../../src/main.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { type Answer, send } from './http-call.ts'

export interface SoakOptions {
  readonly workspaces: number
  readonly seconds: number
  /** Engines the pool may hold; fewer than workspaces, so that they close all the time. */
  readonly maxEngines: number
  readonly clients: number
  readonly seed: number
}

export interface SoakReport {
  readonly operations: number
  readonly refusals: number
  readonly busy: number
  readonly evictions: number
  readonly reloads: number
  readonly maxMegabytes: number
  /** One sentence for each response that held a foreign word or had an unforeseen status. */
  readonly faults: readonly string[]
}

const letters = (number: number) =>
  [...String(number).padStart(3, '0')].map((digit) => 'bdfgklmprt'[Number(digit)]).join('a')
/** A word of one workspace, and of no other. */
export const canaryOf = (number: number) => `Xylo${letters(number)}quux`
const textOf = (number: number, round: number) =>
  `${canaryOf(number)} met Doctor Livingstone at Harbour Lane ${round}. ${canaryOf(number)} wrote report ${round}.`

/** Random operations of many workspaces at once over real sockets, each answer searched. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const folder = await tempFolder()
  const usersFile = join(folder.path, 'users.json')
  await writeUsers(usersFile, options.workspaces, 0)
  const server = await startServer(
    loadConfig({
      HOST: '127.0.0.1',
      PORT: '0',
      WORKING_DIR: join(folder.path, 'rag_storage'),
      INPUT_DIR: join(folder.path, 'inputs'),
      USERS_FILE: usersFile,
      LOG_LEVEL: 'fatal',
      POOL_MAX_ENGINES: String(options.maxEngines),
      SHUTDOWN_SECONDS: '10',
    }),
  )
  const run = new SoakRun(server.url, options)
  const until = performance.now() + options.seconds * 1000
  let reloads = 0
  const reload = async () => {
    while (performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 300))
      reloads += 1
      await writeUsers(usersFile, options.workspaces, reloads)
    }
  }
  try {
    await Promise.all([
      reload(),
      ...Array.from({ length: options.clients }, () => run.client(until)),
    ])
    const { operations, refusals, busy, maxMegabytes, faults } = run
    const evictions = server.gauges().pool.closed
    return { operations, refusals, busy, evictions, reloads, maxMegabytes, faults }
  } finally {
    await server.close()
    await folder.remove()
  }
}

class SoakRun {
  operations = 0
  refusals = 0
  busy = 0
  maxMegabytes = 0
  readonly faults: string[] = []
  readonly #url: string
  readonly #options: SoakOptions
  #state: number

  constructor(url: string, options: SoakOptions) {
    this.#url = url
    this.#options = options
    this.#state = options.seed
  }

  async client(until: number): Promise<void> {
    while (performance.now() < until && this.faults.length < 10) await this.#operate()
  }

  async #operate(): Promise<void> {
    const own = this.#random(this.#options.workspaces)
    const other = (own + 1 + this.#random(this.#options.workspaces - 1)) % this.#options.workspaces
    const kind = this.#random(10)
    const headers: Record<string, string> = { 'x-api-key': keyOf(own) }
    if (kind === 9) headers['lightrag-workspace'] = `space-${other}`
    const [method, path, body] = this.#call(kind, own)
    const answer = await send(this.#url, method, { path, ...(body ? { body } : {}) }, headers)
    this.operations += 1
    const memory = Math.round(process.memoryUsage().rss / 1024 / 1024)
    this.maxMegabytes = Math.max(this.maxMegabytes, memory)
    this.#judge(`${method} ${path}`, own, kind === 9, answer)
  }

  #call(kind: number, own: number): [string, string, object?] {
    const round = this.#random(1_000_000)
    const query = 'Who met Doctor Livingstone?'
    if (kind < 2 || kind === 9) {
      const body = { text: textOf(own, round), file_source: `${round}.txt` }
      return ['POST', '/documents/text', body]
    }
    if (kind === 2) return ['POST', '/query/data', { query }]
    if (kind === 3) return ['POST', '/query/stream', { query }]
    if (kind === 4) return ['POST', '/query', { query, include_chunk_content: true }]
    if (kind === 5) return ['GET', '/documents']
    if (kind === 6) return ['GET', '/graph/label/list']
    if (kind === 7) return ['GET', '/documents/pipeline_status']
    return ['GET', '/graphs?label=*']
  }

  #judge(what: string, own: number, foreign: boolean, { status, text, headers }: Answer): void {
    const read = `${text}${JSON.stringify(headers)}`
    for (const [word] of read.matchAll(/Xylo\w+quux/gi)) {
      if (word.toLowerCase() === canaryOf(own).toLowerCase()) continue
      this.faults.push(`${what} of workspace ${own} held ${word}`)
    }
    if (status === 503) this.busy += 1
    else if (foreign && status === 403) this.refusals += 1
    else if (foreign || status !== 200) {
      this.faults.push(`${what} of workspace ${own} got ${status}: ${text.slice(0, 200)}`)
    }
  }

  /** The same numbers for the same seed, as far as the order of the answers allows. */
  #random(below: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * below)
  }
}

function keyOf(number: number): string {
  return `key-of-workspace-${number}-0123456789`
}

/** The same users in another version of the file. */
async function writeUsers(path: string, count: number, version: number): Promise<void> {
  const users = Array.from({ length: count }, (_, number) => ({
    username: `user-${number}`,
    password: `version ${version}`,
    api_key: keyOf(number),
    workspace: `space-${number}`,
  }))
  await writeFile(`${path}.new`, JSON.stringify({ users }))
  await rename(`${path}.new`, path)
}
