import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { verifyWorkspace } from '../../src/stores/sqlite/verify/verify-workspace.ts'
import { type RealProcess, startRealProcess } from '../server/real-process.ts'
import { manyUsers } from '../server/test-server.ts'
import { ask, documents, insert, settled } from './fault-server.ts'

export const PHASES = [
  'insert',
  'delete',
  'merge',
  'index save',
  'reindex',
  'import',
  'eviction',
  'shutdown',
] as const
export type Phase = (typeof PHASES)[number]

export interface CrashReport {
  readonly kills: number
  /** Documents whose insertion or deletion was answered. */
  readonly acknowledged: number
  readonly lost: number
  readonly doubled: number
  /** Documents whose deletion was answered and that are there all the same. */
  readonly undeleted: number
  /** What `verify` found after the restarts. */
  readonly problems: readonly string[]
}

const KEYS = ['key-of-user-0', 'key-of-user-1'] as const
const SPACES = ['space-0', 'space-1'] as const
const REINDEX = ['workspace', 'reindex', 'space-0', '--force'] as const
type Space = 0 | 1
/** In milliseconds; a phase is killed at a random moment before. */
const LONGEST = 900
/** So much later, at most, after the server was asked to stop. */
const LONGEST_STOP = 300
/** Between two insertions: nobody wants to wait for hundreds of documents in the end. */
const PAUSE = 80
/** How long scheduled deletions and the saving of an index may take in the end, in milliseconds. */
const PATIENCE = 240_000

/**
 * Kills the real server, or a command, once for each of the phases. After each restart it looks
 * whether anything acknowledged is lost or doubled, and whether the workspaces are whole.
 */
export async function crashMatrix(
  folder: string,
  phases: readonly Phase[],
  random: () => number = Math.random,
): Promise<CrashReport> {
  const run = new CrashRun(folder, random)
  await run.prepare()
  for (const phase of phases) await run.kill(phase)
  return run.report()
}

class CrashRun {
  readonly #folder: string
  readonly #random: () => number
  readonly #env: Record<string, string>
  /** By space and number: whether the document must be there; null when nobody was told. */
  readonly #expected = new Map<string, boolean | null>()
  readonly #lost = new Set<string>()
  readonly #doubled = new Set<string>()
  readonly #problems: string[] = []
  #next = 0
  #kills = 0
  #acknowledged = 0
  /** What a command takes that nobody kills, in milliseconds. */
  #reindexMs = 0
  #importMs = 0

  constructor(folder: string, random: () => number) {
    this.#folder = folder
    this.#random = random
    // Few vectors get an index, so that there is one to save.
    this.#env = { USERS_FILE: join(folder, 'users.json'), VECTOR_INDEX_FROM: '1' }
  }

  async prepare(): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    await writeFile(join(this.#folder, 'users.json'), JSON.stringify({ users: manyUsers(2) }))
    const server = await startRealProcess(this.#folder, this.#env)
    for (let i = 0; i < 6; i++) await this.#insert(server, i % 2 === 0 ? 0 : 1)
    for (const key of KEYS) await settled(server, key)
    await server.stop()
    await this.#command(['workspace', 'export', SPACES[0], this.#exported])
    this.#reindexMs = await this.#command(REINDEX)
    this.#importMs = await this.#command(['workspace', 'import', this.#exported, 'copy'])
  }

  async kill(phase: Phase): Promise<void> {
    this.#kills++
    if (phase === 'reindex') await this.#command(REINDEX, this.#reindexMs)
    else if (phase === 'import') await this.#import()
    else await this.#killServer(phase)
  }

  async report(): Promise<CrashReport> {
    const server = await startRealProcess(this.#folder, this.#env)
    for (const key of KEYS) {
      for (const [name, status] of await settled(server, key)) {
        if (status !== 'processed') this.#problems.push(`${name} is ${status}`)
      }
    }
    await this.#look(server)
    const undeleted = await this.#undeleted(server)
    if (!(await this.#saves(server))) this.#problems.push('There was no index to save')
    await server.stop()
    return {
      kills: this.#kills,
      acknowledged: this.#acknowledged,
      lost: this.#lost.size,
      doubled: this.#doubled.size,
      undeleted: undeleted.length,
      problems: this.#problems,
    }
  }

  get #exported(): string {
    return join(this.#folder, 'export.file')
  }

  /** The start comes after the kill before it, so it is looked at first. */
  async #killServer(phase: Phase): Promise<void> {
    const pool = phase === 'eviction' ? { POOL_MAX_ENGINES: '1' } : {}
    const server = await startRealProcess(this.#folder, { ...this.#env, ...pool })
    await this.#look(server)
    // However slow the machine is, each kill finds something that was acknowledged.
    await this.#insert(server, 0)
    const killed = this.#killSoon(server, phase)
    try {
      while (server.child.exitCode === null && server.child.signalCode === null) {
        await this.#work(server, phase)
        await sleep(PAUSE)
      }
    } catch {
      // The connection died with the server.
    }
    await killed
  }

  async #killSoon(server: RealProcess, phase: Phase): Promise<void> {
    await sleep(this.#random() * LONGEST)
    if (phase === 'shutdown' || phase === 'index save') {
      server.child.kill('SIGTERM')
      await sleep(this.#random() * LONGEST_STOP)
    }
    if (server.child.exitCode === null) await server.kill()
  }

  async #work(server: RealProcess, phase: Phase): Promise<void> {
    const space: Space = phase === 'eviction' && this.#next % 2 === 1 ? 1 : 0
    if (phase === 'delete') return this.#delete(server)
    if (phase === 'merge') return this.#merge(server)
    // A search is what loads the vectors, and so has them indexed.
    if (phase === 'index save') await ask(server, 0, KEYS[space])
    await this.#insert(server, space)
  }

  async #insert(server: RealProcess, space: Space): Promise<void> {
    const number = this.#next++
    const document = `${space}/report-${number}.txt`
    this.#expected.set(document, null)
    const { status } = await insert(server, number, 8, KEYS[space])
    if (status !== 200) return
    this.#expected.set(document, true)
    this.#acknowledged++
  }

  async #delete(server: RealProcess): Promise<void> {
    await this.#insert(server, 0)
    const all = await documents(server, KEYS[0])
    const chosen = all.filter(({ status }) => status === 'processed').at(-1)
    if (chosen === undefined) return
    const document = `0/${chosen.file_path}`
    const before = this.#expected.get(document) ?? null
    this.#expected.set(document, null)
    const response = await fetch(`${server.url}/documents/delete_document`, {
      method: 'DELETE',
      headers: { 'content-type': 'application/json', 'x-api-key': KEYS[0] },
      body: JSON.stringify({ doc_ids: [chosen.id] }),
    })
    const { status } = (await response.json()) as { status: string }
    if (status !== 'deletion_started') this.#expected.set(document, before)
    else {
      this.#expected.set(document, false)
      this.#acknowledged++
    }
  }

  async #merge(server: RealProcess): Promise<void> {
    await this.#insert(server, 0)
    const headers = { 'content-type': 'application/json', 'x-api-key': KEYS[0] }
    const labels = (await (
      await fetch(`${server.url}/graph/label/list`, { headers })
    ).json()) as string[]
    const [from, into] = [this.#pick(labels), this.#pick(labels)]
    if (from === undefined || into === undefined || from === into) return
    await fetch(`${server.url}/graph/entities/merge`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ entities_to_change: [from], entity_to_change_into: into }),
    })
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.#random() * items.length)]
  }

  /** A copy is there as a whole or not at all. */
  async #import(): Promise<void> {
    const name = `copy-${this.#kills}`
    await this.#command(['workspace', 'import', this.#exported, name], this.#importMs)
    if (existsSync(join(this.#folder, 'rag_storage', name, 'rag.db'))) await this.#verify(name)
  }

  /**
   * @param killWithin the second half of this many milliseconds is when it is killed; the first one
   *   goes into its start
   * @returns how many milliseconds it took
   */
  async #command(args: readonly string[], killWithin?: number): Promise<number> {
    const began = performance.now()
    const child = spawn(process.execPath, [process.env.TENANTRAG_TEST_CLI ?? '', ...args], {
      cwd: this.#folder,
      env: {
        PATH: process.env.PATH,
        WORKING_DIR: join(this.#folder, 'rag_storage'),
        INPUT_DIR: join(this.#folder, 'inputs'),
        ...this.#env,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const ended = once(child, 'exit')
    if (killWithin !== undefined) {
      await Promise.race([ended, sleep(killWithin * (0.5 + this.#random() / 2))])
      child.kill('SIGKILL')
    }
    const [code] = await ended
    if (killWithin === undefined && code !== 0) {
      throw new Error(`${args.join(' ')} ended with ${code}`)
    }
    return performance.now() - began
  }

  /** Whether an index comes to be on the disk, so that kills can have fallen into its saving. */
  async #saves(server: RealProcess): Promise<boolean> {
    const file = join(this.#folder, 'rag_storage', SPACES[0], 'chunks.hnsw')
    const deadline = performance.now() + PATIENCE
    await ask(server, 0, KEYS[0])
    while (!existsSync(file) && performance.now() < deadline) await sleep(50)
    return existsSync(file)
  }

  /** Deleted documents that do not go away. */
  async #undeleted(server: RealProcess): Promise<string[]> {
    const deadline = performance.now() + PATIENCE
    for (;;) {
      const left: string[] = []
      for (const space of [0, 1] as const) {
        for (const { file_path } of await documents(server, KEYS[space])) {
          const document = `${space}/${file_path}`
          if (this.#expected.get(document) === false) left.push(document)
        }
      }
      if (left.length === 0 || performance.now() > deadline) return left
      await sleep(100)
    }
  }

  /** Compares what is there with what was acknowledged. */
  async #look(server: RealProcess): Promise<void> {
    for (const space of [0, 1] as const) {
      const names = (await documents(server, KEYS[space])).map(({ file_path }) => file_path)
      for (const [at, name] of names.entries()) {
        if (names.indexOf(name) !== at) this.#doubled.add(`${space}/${name}`)
      }
      const present = new Set(names.map((name) => `${space}/${name}`))
      for (const [document, wanted] of this.#expected) {
        if (document.startsWith(`${space}/`) && wanted && !present.has(document)) {
          this.#lost.add(document)
        }
      }
      await this.#verify(SPACES[space])
    }
  }

  async #verify(workspace: string): Promise<void> {
    const dir = join(this.#folder, 'rag_storage', workspace)
    const uploads = join(this.#folder, 'inputs', workspace, '__uploads__')
    const { findings } = await verifyWorkspace(dir, uploads)
    for (const { level, check, text } of findings) {
      if (level === 'problem') this.#problems.push(`${workspace}: ${check}: ${text}`)
    }
  }
}
