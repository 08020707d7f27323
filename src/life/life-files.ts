import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Work } from '../engine/work/announced-work.ts'

/** By what of its own a process has ended. */
export type Fault = 'stalled' | 'memory' | 'fatal' | 'abort' | 'exception'

/** Files of lives that are kept, the newest ones. */
const MOST_FILES = 200

/** The folder in which processes leave word of how they ended, below that of the workspaces. */
export function livesFolder(root: string): string {
  return join(root, '_control', 'lives')
}

/** What is known of the ends of processes: small files, named for the life of a process. */
export class LifeFiles {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  /** Makes the folder, and room in it. */
  prepare(): void {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    this.#replaceReports()
    // Their names begin with the time.
    const names = readdirSync(this.folder).sort()
    for (const name of names.slice(0, -MOST_FILES)) rmSync(join(this.folder, name), { force: true })
  }

  /** Written whole before this returns; it outlives the process, and need not outlive more. */
  write(life: string, kind: 'died' | 'alone', content: object): void {
    writeFileSync(this.path(life, kind), JSON.stringify(content), { mode: 0o600 })
  }

  remove(life: string, kind: 'died' | 'alone' | 'stalled' | 'work'): void {
    rmSync(this.path(life, kind), { force: true })
  }

  path(life: string, kind: 'died' | 'alone' | 'stalled' | 'report' | 'work'): string {
    return join(this.folder, `${life}.${kind}.json`)
  }

  /** What a process has ended by, and what it had in work then where it could say so. */
  end(life: string): { readonly fault: Fault; readonly work: readonly string[] | null } | null {
    const stalled = this.#read(this.path(life, 'stalled'))
    if (stalled !== null) return { fault: 'stalled', work: listOf(stalled.work) }
    const died = this.#read(this.path(life, 'died'))
    return died === null ? null : { fault: faultOf(died.fault), work: null }
  }

  /** What was in work under suspicion. */
  alone(life: string): string | null {
    const work = this.#read(this.path(life, 'alone'))?.work
    return typeof work === 'string' ? work : null
  }

  /** What held the event loop last, as far as it was announced. */
  lastWork(life: string): Work | null {
    const said = this.#read(this.path(life, 'work'))
    if (typeof said?.workspace !== 'string' || typeof said.stage !== 'string') return null
    const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)
    return {
      workspace: said.workspace,
      stage: said.stage,
      request: textOf(said.request),
      document: textOf(said.document),
    }
  }

  /** The reports that Node writes of its own end say much more than anybody needs. */
  #replaceReports(): void {
    for (const name of readdirSync(this.folder)) {
      const life = /^(.+)\.report\.json$/.exec(name)?.[1]
      if (life === undefined) continue
      const header = this.#read(join(this.folder, name))?.header
      const trigger = header instanceof Object && 'trigger' in header ? header.trigger : ''
      this.write(life, 'died', { fault: trigger === 'OOMError' ? 'memory' : 'fatal' })
      rmSync(join(this.folder, name), { force: true })
    }
  }

  /** Null where there is none, or half of one. */
  #read(path: string): Record<string, unknown> | null {
    try {
      const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
      return content instanceof Object ? (content as Record<string, unknown>) : null
    } catch {
      return null
    }
  }
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function faultOf(value: unknown): Fault {
  return FAULTS.find((fault) => fault === value) ?? 'fatal'
}

const FAULTS: readonly Fault[] = ['stalled', 'memory', 'fatal', 'abort', 'exception']
