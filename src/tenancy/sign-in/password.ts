import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { sameSecret } from '../control-files/secret-digest.ts'
import { TenancyError } from '../errors.ts'

const BCRYPT = /^\$2[aby]\$(0[4-9]|1[0-5])\$[./A-Za-z0-9]{53}$/
const LOOKS_HASHED = /^(\$2|\{)/
const DEFAULT_COST = 10
const MAX_PENDING = 64

export interface StoredPassword {
  /** The field as it stands in its source. */
  readonly field: string
  readonly bcrypt: string | undefined
}

/**
 * Reads a stored password: a bcrypt hash, the same behind LightRAG's `{bcrypt}`, or plain text.
 *
 * @returns undefined for what looks hashed and is no bcrypt hash of cost 4 to 15
 */
export function parseStoredPassword(field: string): StoredPassword | undefined {
  const bare = field.startsWith('{bcrypt}') ? field.slice('{bcrypt}'.length) : field
  if (BCRYPT.test(bare)) return { field, bcrypt: bare }
  return LOOKS_HASHED.test(field) ? undefined : { field, bcrypt: undefined }
}

/** Whether a password matches, or the hash of one. */
type Outcome = boolean | string
type Question =
  | { readonly password: string; readonly hash: string }
  | { readonly password: string; readonly cost: number }

/**
 * Checks passwords in one worker thread, one at a time: bcrypt would hold the event loop for a
 * tenth of a second per check, and a flood of logins takes one core and no more.
 */
export class PasswordChecker {
  readonly #pending = new Map<number, (outcome: Outcome | Error) => void>()
  #worker: Worker | undefined
  #nextId = 0

  /**
   * Whether the password is right. Every call makes one bcrypt comparison, so that neither a name
   * that nobody has nor a plain stored password answers sooner.
   *
   * @param stored undefined when there is no such account: the answer is false
   * @param usualCost the cost of most hashes around, for a comparison that only takes time
   * @throws {TenancyError} `login_busy`
   */
  async matches(
    password: string,
    stored: StoredPassword | undefined,
    usualCost: number = DEFAULT_COST,
  ): Promise<boolean> {
    const hash = stored?.bcrypt ?? unmatchableHash(usualCost)
    const hashMatches = await this.#compare(password, hash)
    if (stored === undefined) return false
    return stored.bcrypt === undefined ? sameSecret(password, stored.field) : hashMatches
  }

  /**
   * The bcrypt hash of a new password, which must have at most 72 bytes: bcrypt reads no more.
   *
   * @throws {TenancyError} `login_busy`
   */
  async hashOf(password: string, cost = 12): Promise<string> {
    return String(await this.#ask({ password, cost }))
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  async #compare(password: string, hash: string): Promise<boolean> {
    return (await this.#ask({ password, hash })) === true
  }

  #ask(question: Question): Promise<Outcome> {
    if (this.#pending.size >= MAX_PENDING) {
      throw new TenancyError('login_busy', 'Too many logins at once', { retryAfterSeconds: 5 })
    }
    this.#worker ??= this.#start()
    const worker = this.#worker
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      this.#pending.set(id, (outcome) => {
        this.#pending.delete(id)
        if (this.#pending.size === 0) worker.unref()
        if (outcome instanceof Error) reject(outcome)
        else resolve(outcome)
      })
      worker.ref()
      worker.postMessage({ id, ...question })
    })
  }

  #start(): Worker {
    const module = pathToFileURL(createRequire(import.meta.url).resolve('bcryptjs')).href
    // Source in a string: a worker file would need a loader of its own wherever this runs as
    // TypeScript. An empty execArgv keeps the parent's loaders and debuggers out.
    const worker = new Worker(WORKER_SOURCE, { eval: true, workerData: module, execArgv: [] })
    worker.unref()
    worker.on('message', ({ id, outcome }: { id: number; outcome: Outcome }) => {
      this.#pending.get(id)?.(outcome)
    })
    worker.on('error', (error) => this.#fail(worker, error))
    worker.on('exit', () => this.#fail(worker, new Error('the password worker ended')))
    return worker
  }

  #fail(worker: Worker, error: Error): void {
    if (this.#worker === worker) this.#worker = undefined
    for (const settle of [...this.#pending.values()]) settle(error)
  }
}

/** Cost of a bcrypt hash: its rounds are two to this power. */
export function costOf(bcrypt: string): number {
  return Number(bcrypt.slice(4, 6))
}

function unmatchableHash(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`
}

const WORKER_SOURCE = `
const { parentPort, workerData } = require('node:worker_threads')
const loaded = import(workerData)
parentPort.on('message', async ({ id, password, hash, cost }) => {
  const bcrypt = await loaded
  const { compareSync, hashSync } = bcrypt.default ?? bcrypt
  const outcome = hash === undefined ? hashSync(password, cost) : compareSync(password, hash)
  parentPort.postMessage({ id, outcome })
})
`
