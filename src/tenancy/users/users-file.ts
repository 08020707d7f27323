import { type FSWatcher, readFileSync, watch } from 'node:fs'
import { dirname } from 'node:path'
import { context } from '../context.ts'
import type { Principal } from '../principal.ts'
import { PasswordChecker } from '../sign-in/password.ts'
import { TenancyError } from '../tenancy-error.ts'
import type { Account, Directory } from './directory.ts'
import { FileStamp } from './file-stamp.ts'
import type { PackedUsers } from './packed-users.ts'
import { readUsersVersion } from './read-users-version.ts'
import { UsersIndex } from './users-index.ts'
import { codeOf, judgeUsers, type UsersVersion } from './users-version.ts'

export type UsersFileEvent =
  | { readonly type: 'loaded'; readonly users: number }
  /** The new version is broken or unreadable; the last good one stays. */
  | { readonly type: 'refused'; readonly problems: readonly string[] }
  | { readonly type: 'missing' }
  /** Passwords are stored as plain text: of so many users, the first of whom are named. */
  | {
      readonly type: 'plain_passwords'
      readonly count: number
      readonly usernames: readonly string[]
    }

export interface UsersFileOptions {
  readonly path: string
  /** What it held a moment ago, when that was read already. */
  readonly version?: UsersVersion | undefined
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
  readonly #stamp: FileStamp
  readonly #closing = new AbortController()
  #index: UsersIndex
  /** Tells what was last read, good or bad, from what comes next. */
  #seen: string
  #watcher: FSWatcher | undefined
  #settling: NodeJS.Timeout | undefined
  #reloading: Promise<void> = Promise.resolve()
  /** The reload that has not begun yet: those who ask meanwhile are served by it too. */
  #next: Promise<void> | undefined

  /**
   * Reads the file and begins to watch it; `close` ends that.
   *
   * @throws {TenancyError} `users_file_missing`; `users_file_invalid`, naming every bad field
   */
  constructor(options: UsersFileOptions) {
    this.#options = options
    this.#stamp = new FileStamp(options.path)
    const version = options.version ?? judgeUsers(readAtStart(options.path))
    if (version.type !== 'users') {
      throw invalid(options.path, version.type === 'problems' ? version.problems : [])
    }
    this.#index = new UsersIndex(version.users)
    this.#seen = version.seen
    this.#announce(version.users)
    this.#watcher = context.exit(() => this.#watch())
    this.#poll = context.exit(() => setInterval(() => this.reloadNow(), options.pollMs ?? 2000))
    this.#poll.unref()
  }

  findByApiKey(key: string): Principal | undefined {
    return this.#index.findByApiKey(key)
  }

  findByUsername(username: string): Account | undefined {
    return this.#index.findByUsername(username)?.account
  }

  /** Whether a user has this name, a disabled one included. */
  hasName(username: string): boolean {
    return this.#index.hasName(username)
  }

  async verifyPassword(username: string, password: string): Promise<Account | undefined> {
    const index = this.#index
    const user = index.findByUsername(username)
    const matches = await this.#passwords.matches(password, user?.password, index.usualCost)
    return matches ? user?.account : undefined
  }

  /** Resolves when the file as it is now has been taken or refused. Never rejects. */
  reloadNow(): Promise<void> {
    this.#next ??= this.#reloading.then(() => {
      this.#next = undefined
      return context.exit(() => this.#reload())
    })
    this.#reloading = this.#next
    return this.#next
  }

  async close(): Promise<void> {
    clearInterval(this.#poll)
    clearTimeout(this.#settling)
    this.#watcher?.close()
    this.#closing.abort()
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
    const { signal } = this.#closing
    try {
      if (!(await this.#stamp.mayHaveChanged())) return
      const version = await readUsersVersion(this.#options.path, this.#seen, signal)
      if (signal.aborted) return
      this.#seen = version.seen
      if (version.type === 'users') {
        this.#index = new UsersIndex(version.users)
        this.#announce(version.users)
      } else if (version.type === 'problems') {
        this.#options.onEvent?.({ type: 'refused', problems: version.problems })
      } else if (version.type === 'missing') {
        this.#options.onEvent?.({ type: 'missing' })
      }
    } catch (error) {
      if (signal.aborted) return
      this.#stamp.forget()
      this.#options.onEvent?.({ type: 'refused', problems: [`cannot be checked: ${error}`] })
    }
  }

  #announce({ size, plainPasswords }: PackedUsers): void {
    this.#options.onEvent?.({ type: 'loaded', users: size })
    if (plainPasswords.count === 0) return
    this.#options.onEvent?.({ type: 'plain_passwords', ...plainPasswords })
  }
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
