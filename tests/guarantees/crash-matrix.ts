import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { verifyWorkspace } from '../../src/stores/sqlite/verify/verify-workspace.ts'
import { type RealProcess, startRealProcess } from '../server/real-process.ts'
import { manyUsers } from '../server/test-server.ts'
import { documents, insert, settled } from './fault-server.ts'

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
  /** What `verify` found after the restarts. */
  readonly problems: readonly string[]
}

const KEYS = ['key-of-user-0', 'key-of-user-1'] as const
const SPACES = ['space-0', 'space-1'] as const
type Space = 0 | 1
/** In milliseconds; a phase is killed at a random moment before. */
const LONGEST = 900

/**
 * Kills the real server, or a command, once for each of the phases, and looks after each restart
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

  constructor(folder: string, random: () => number) {
    this.#folder = folder
    this.#random = random
    this.#env = { USERS_FILE: join(folder, 'users.json'), POOL_MAX_ENGINES: '1' }
  }

  async prepare(): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    await writeFile(join(this.#folder, 'users.json'), JSON.stringify({ users: manyUsers(2) }))
    const server = await startRealProcess(this.#folder, this.#env)
    for (let i = 0; i < 6; i++) await this.#insert(server, i % 2 === 0 ? 0 : 1)
    for (const key of KEYS) await settled(server, key)
    await server.stop()
    await this.#command(['workspace', 'export', SPACES[0], join(this.#folder, 'export.file')])
  }

  async kill(phase: Phase): Promise<void> {
    this.#kills++
    if (phase === 'reindex')
      await this.#command(['workspace', 'reindex', SPACES[0], '--force'], true)
    else if (phase === 'import') await this.#import()
    else await this.#killServer(phase)
    const server = await startRealProcess(this.#folder, this.#env)
    await this.#look(server)
    await server.kill()
  }

  async report(): Promise<CrashReport> {
    const server = await startRealProcess(this.#folder, this.#env)
    for (const key of KEYS) {
      for (const [name, status] of await settled(server, key)) {
        if (status !== 'processed') this.#problems.push(`${name} is ${status}`)
      }
    }
    await this.#look(server)
    await server.stop()
    return {
      kills: this.#kills,
      acknowledged: this.#acknowledged,
      lost: this.#lost.size,
      doubled: this.#doubled.size,
      problems: this.#problems,
    }
  }

  async #killServer(phase: Phase): Promise<void> {
    const server = await startRealProcess(this.#folder, this.#env)
    const killed = this.#killSoon(server, phase)
    try {
      while (server.child.exitCode === null && server.child.signalCode === null) {
        await this.#work(server, phase)
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
      await sleep(this.#random() * 200)
    }
    if (server.child.exitCode === null) await server.kill()
  }

  async #work(server: RealProcess, phase: Phase): Promise<void> {
    const space: Space = phase === 'eviction' && this.#next % 2 === 1 ? 1 : 0
    if (phase === 'delete') return this.#delete(server)
    if (phase === 'merge') return this.#merge(server)
    await this.#insert(server, space)
  }

  async #insert(server: RealProcess, space: Space): Promise<void> {
    const number = this.#next++
    const document = `${space}/report-${number}.txt`
    this.#expected.set(document, null)
    const { status } = await insert(server, number, 20, KEYS[space])
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
    await this.#command(['workspace', 'import', join(this.#folder, 'export.file'), name], true)
    if (existsSync(join(this.#folder, 'rag_storage', name, 'rag.db'))) await this.#verify(name)
  }

  async #command(args: readonly string[], isKilled = false): Promise<void> {
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
    if (isKilled) {
      await Promise.race([ended, sleep(300 + this.#random() * LONGEST)])
      child.kill('SIGKILL')
    }
    const [code] = await ended
    if (!isKilled && code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
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
