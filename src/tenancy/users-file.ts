import { createHash } from 'node:crypto'
import { type FSWatcher, readFileSync, watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { context } from './context.ts'
import type { Account, Directory } from './directory.ts'
import { TenancyError } from './errors.ts'
import { PasswordChecker } from './password.ts'
import type { Principal } from './principal.ts'
import { UsersIndex } from './users-index.ts'
import { readUsers } from './users-schema.ts'

export type UsersFileEvent =
  | { readonly type: 'loaded'; readonly users: number }
  /** The new version is broken or unreadable; the last good one stays. */
  | { readonly type: 'refused'; readonly problems: readonly string[] }
  | { readonly type: 'missing' }
  | { readonly type: 'plain_password'; readonly username: string }

export interface UsersFileOptions {
  readonly path: string
  /** How often the file is read again in case no change was reported. Default 2000. */
  readonly pollMs?: number
  readonly onEvent?: (event: UsersFileEvent) => void
}

/** A write is often reported before it is whole; so long is waited for the rest of it. */
const SETTLE_MS = 25

/**
 * `users.json` as a directory, read again whenever it changes.
 *
 * A new version is taken as a whole or not at all. A broken or deleted file changes nobody's
 * rights; it is reported, and the last good version stays.
 */
export class UsersFile implements Directory {
  readonly #options: UsersFileOptions
  readonly #passwords = new PasswordChecker()
  readonly #poll: NodeJS.Timeout
  #index: UsersIndex
  /** Digest of what was last read, good or bad: each version is judged and reported once. */
  #seen: string
  #watcher: FSWatcher | undefined
  #settling: NodeJS.Timeout | undefined
  #reloading: Promise<void> = Promise.resolve()

  /**
   * Reads the file and begins to watch it; `close` ends that.
   *
   * @throws {TenancyError} `users_file_missing`; `users_file_invalid`, naming every bad field
   */
  constructor(options: UsersFileOptions) {
    this.#options = options
    const text = readAtStart(options.path)
    const index = parseUsers(text)
    if (Array.isArray(index)) throw invalid(options.path, index)
    this.#index = index
    this.#seen = fingerprint(text)
    this.#announce(index)
    this.#watcher = context.exit(() => this.#watch())
    this.#poll = context.exit(() => setInterval(() => this.reloadNow(), options.pollMs ?? 2000))
    this.#poll.unref()
  }

  async findByApiKey(key: string): Promise<Principal | undefined> {
    return this.#index.findByApiKey(key)
  }

  async findByUsername(username: string): Promise<Account | undefined> {
    return this.#index.findByUsername(username)?.account
  }

  async verifyPassword(username: string, password: string): Promise<Account | undefined> {
    const index = this.#index
    const user = index.findByUsername(username)
    const matches = await this.#passwords.matches(password, user?.password, index.usualCost)
    return matches ? user?.account : undefined
  }

  /** Resolves when the file as it is now has been taken or refused. Never rejects. */
  reloadNow(): Promise<void> {
    this.#reloading = this.#reloading.then(() => this.#reload())
    return this.#reloading
  }

  async close(): Promise<void> {
    clearInterval(this.#poll)
    clearTimeout(this.#settling)
    this.#watcher?.close()
    await this.#passwords.close()
  }

  /** The folder is watched: a file replaced by rename, or behind a swapped link, is a new one. */
  #watch(): FSWatcher | undefined {
    try {
      const watcher = watch(dirname(this.#options.path), { persistent: false }, () => {
        this.#settling ??= setTimeout(() => {
          this.#settling = undefined
          void this.reloadNow()
        }, SETTLE_MS)
      })
      watcher.on('error', () => watcher.close())
      return watcher
    } catch {
      // No watches left, or a file system without them: the poll finds changes.
      return undefined
    }
  }

  async #reload(): Promise<void> {
    try {
      const text = await readFile(this.#options.path)
      if (fingerprint(text) === this.#seen) return
      this.#seen = fingerprint(text)
      const index = parseUsers(text)
      if (Array.isArray(index)) {
        this.#options.onEvent?.({ type: 'refused', problems: index })
        return
      }
      this.#index = index
      this.#announce(index)
    } catch (error) {
      this.#reportUnreadable(error)
    }
  }

  #reportUnreadable(error: unknown): void {
    const code = codeOf(error)
    const seen = `unreadable: ${code}`
    if (this.#seen === seen) return
    this.#seen = seen
    if (code === 'ENOENT') this.#options.onEvent?.({ type: 'missing' })
    else this.#options.onEvent?.({ type: 'refused', problems: [`cannot be read: ${code}`] })
  }

  #announce(index: UsersIndex): void {
    this.#options.onEvent?.({ type: 'loaded', users: index.size })
    for (const username of index.plainPasswords) {
      this.#options.onEvent?.({ type: 'plain_password', username })
    }
  }
}

/** The checked users, or what is wrong with them. */
function parseUsers(text: Buffer): UsersIndex | string[] {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text))
  } catch (error) {
    return [`is no JSON in UTF-8: ${positionOf(error)}`]
  }
  const read = readUsers(value)
  if ('problems' in read) return read.problems
  const index = new UsersIndex(read.users)
  return index.problems.length > 0 ? index.problems : index
}

/** Where JSON.parse stopped, without the text around it: that may be a key. */
function positionOf(error: unknown): string {
  const message = error instanceof Error ? error.message : ''
  return /position \d+( \(line \d+ column \d+\))?/.exec(message)?.[0] ?? 'malformed'
}

function readAtStart(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const message = `The users file ${path} cannot be read: ${codeOf(error)}`
    throw new TenancyError('users_file_missing', message, { cause: error })
  }
}

function invalid(path: string, problems: readonly string[]): TenancyError {
  const list = problems.map((problem) => `\n  ${problem}`).join('')
  return new TenancyError('users_file_invalid', `The users file ${path} is refused:${list}`)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}

function fingerprint(text: Buffer): string {
  return createHash('sha256').update(text).digest('base64')
}
