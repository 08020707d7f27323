import { LRUCache } from 'lru-cache'
import { TenancyError } from './errors.ts'
import { networkOf } from './network-of.ts'

export interface SignInGuardOptions {
  /** Failures of one user from one address before each further one costs a wait. */
  readonly freeFailures: number
  /** The wait doubles with each failure, up to this. */
  readonly maxWaitSeconds: number
  /** In milliseconds, never going back; for tests. */
  readonly now?: () => number
}

/** One sign-in that was let through and is being decided. It has to be settled once. */
export interface SignInAttempt {
  succeeded(): void
  /** Nothing was decided, as when the server was too busy to look. */
  withdrawn(): void
}

interface Tally {
  failures: number
  /** No attempt before this moment. */
  waitUntil: number
}

const FORGET_MS = 60 * 60 * 1000
const FIRST_WAIT_SECONDS = 1
const MOST_TALLIES = 20_000
/** Several people share an address, and a user is also attacked from many. */
const ADDRESS_FACTOR = 6
const USER_FACTOR = 10

/**
 * Slows down the guessing of passwords: per user and address, per address, and per user.
 *
 * An attempt counts as a failure from its beginning until it succeeds, so that many at once guess
 * no more than one after another. What it says depends on names and addresses alone: a name that
 * nobody has and a right password are put off like any other.
 */
export class SignInGuard {
  readonly #options: SignInGuardOptions
  readonly #now: () => number
  readonly #tallies: LRUCache<string, Tally>

  constructor(options: SignInGuardOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#tallies = new LRUCache({ max: MOST_TALLIES, ttl: FORGET_MS })
  }

  /** @throws {TenancyError} `sign_in_locked`, with the time to wait */
  begin(username: string, address: string): SignInAttempt {
    const { freeFailures } = this.#options
    const user = username.normalize('NFC').toLowerCase()
    const from = networkOf(address)
    const limits = [
      { key: `pair\0${user}\0${from}`, free: freeFailures },
      { key: `address\0${from}`, free: freeFailures * ADDRESS_FACTOR },
      { key: `user\0${user}`, free: freeFailures * USER_FACTOR },
    ]
    const wait = Math.max(...limits.map(({ key }) => this.#waitOf(key)))
    if (wait > 0) {
      throw new TenancyError('sign_in_locked', 'Too many failed logins; try again later', {
        retryAfterSeconds: Math.ceil(wait / 1000),
      })
    }
    const undo = limits.map(({ key, free }) => this.#fail(key, free))
    const [pair, , ofUser] = limits.map(({ key }) => key)
    return {
      withdrawn: () => {
        for (const one of undo) one()
      },
      succeeded: () => {
        for (const one of undo) one()
        // Not the address: else an attacker with an account of his own would start anew.
        for (const key of [pair, ofUser]) if (key !== undefined) this.#tallies.delete(key)
      },
    }
  }

  #waitOf(key: string): number {
    return (this.#tallies.get(key)?.waitUntil ?? 0) - this.#now()
  }

  #fail(key: string, free: number): () => void {
    const tally = this.#tallies.get(key) ?? { failures: 0, waitUntil: 0 }
    const before = tally.waitUntil
    tally.failures += 1
    const over = tally.failures - free
    if (over >= 0) {
      const seconds = Math.min(FIRST_WAIT_SECONDS * 2 ** over, this.#options.maxWaitSeconds)
      tally.waitUntil = this.#now() + seconds * 1000
    }
    const after = tally.waitUntil
    this.#tallies.set(key, tally)
    return () => {
      tally.failures -= 1
      // Another failure may have set a wait of its own meanwhile.
      if (tally.waitUntil === after) tally.waitUntil = before
    }
  }
}
