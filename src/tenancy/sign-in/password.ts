import { startThread } from '../../threads/start-thread.ts'
import { ThreadCalls } from '../../threads/thread-calls.ts'
import { sameSecret } from '../control-files/secret-digest.ts'
import { TenancyError } from '../tenancy-error.ts'
import type { Outcome, Question } from './password-thread.ts'

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

/**
 * Checks passwords in one worker thread, one at a time: bcrypt would hold the event loop for a
 * tenth of a second per check, and a flood of logins takes one core and no more.
 */
export class PasswordChecker {
  readonly #calls = new ThreadCalls<Question, Outcome>(() =>
    startThread(new URL('./password-thread.ts', import.meta.url)),
  )

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
    await this.#calls.close()
  }

  async #compare(password: string, hash: string): Promise<boolean> {
    return (await this.#ask({ password, hash })) === true
  }

  async #ask(question: Question): Promise<Outcome> {
    if (this.#calls.unanswered >= MAX_PENDING) {
      throw new TenancyError('login_busy', 'Too many logins at once', { retryAfterSeconds: 5 })
    }
    return this.#calls.call(question)
  }
}

/** Cost of a bcrypt hash: its rounds are two to this power. */
export function costOf(bcrypt: string): number {
  return Number(bcrypt.slice(4, 6))
}

function unmatchableHash(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`
}
