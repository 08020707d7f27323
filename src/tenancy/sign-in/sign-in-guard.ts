import { LRUCache } from 'lru-cache'
import { networkOf } from '../request/network-of.ts'
import { TenancyError } from '../tenancy-error.ts'

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
  failed(): void
  /** Nothing was decided, as when the server was too busy to look. */
  withdrawn(): void
}

interface Tally {
  failures: number
  /** No attempt before this moment. */
  waitUntil: number
}

/** What a failure counts against. */
interface Limit {
  readonly key: string
  readonly free: number
  readonly maxWaitSeconds: number
}

const FORGET_MS = 60 * 60 * 1000
const FIRST_WAIT_SECONDS = 1
const MOST_TALLIES = 20_000
/** Several people share an address, and a user is also attacked from many. */
const ADDRESS_FACTOR = 6
const USER_FACTOR = 10
const STRANGERS_FACTOR = 200
/** Nobody is kept out for long by what others do elsewhere. */
const MAX_USER_WAIT_SECONDS = 60
const MAX_STRANGERS_WAIT_SECONDS = 1
/** How long an address counts as a user's own after they signed in there. */
const KNOWN_MS = 30 * 24 * 60 * 60 * 1000
/** Passwords compared at once; the comparer takes 64, and the rest is for those who are known. */
const AT_ONCE = { ofAddress: 8, ofStrangers: 48 }
const BUSY_SECONDS = 5
const LONGEST_NAME = 256

/**
 * Slows down the guessing of passwords: per user and address, per address, per user, and of all
 * strangers together.
 *
 * Users who have signed in from their address before are held to what they do there themselves: what
 * strangers do keeps them out of nothing. (So somebody behind the very same address can find out that
 * they exist.) An
 * attempt counts as a failure from its beginning until it succeeds, so that many at once guess no more
 * than one after another. What the guard says depends on names, addresses and earlier success alone: a
 * name that nobody has and a right password are put off like any other.
 */
export class SignInGuard {
  readonly #options: SignInGuardOptions
  readonly #now: () => number
  readonly #tallies: LRUCache<string, Tally>
  /** Users with the addresses from which they signed in. */
  readonly #known: LRUCache<string, true>
  /** Attempts that are being decided, by address. */
  readonly #deciding = new Map<string, number>()
  #strangersDeciding = 0

  constructor(options: SignInGuardOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
    this.#tallies = new LRUCache({ max: MOST_TALLIES, ttl: FORGET_MS })
    this.#known = new LRUCache({ max: MOST_TALLIES, ttl: KNOWN_MS })
  }

  /** @throws {TenancyError} `sign_in_locked` or `login_busy`, with the time to wait */
  begin(username: string, address: string): SignInAttempt {
    const user = username.normalize('NFC').toLowerCase().slice(0, LONGEST_NAME)
    const from = networkOf(address)
    const pair = `${user}\0${from}`
    const isKnown = this.#known.get(pair) === true
    const limits = this.#limitsOf(user, from, isKnown)
    // The first is about this user at this address; who is known waits for no other.
    const heeded = isKnown ? limits.slice(0, 1) : limits
    const wait = Math.max(...heeded.map(({ key }) => this.#waitOf(key)))
    if (wait > 0) {
      throw new TenancyError('sign_in_locked', 'Too many failed logins; try again later', {
        retryAfterSeconds: Math.ceil(wait / 1000),
      })
    }
    const decided = this.#decide(from, isKnown)
    const undo = limits.map((limit) => this.#fail(limit))
    return {
      failed: decided,
      withdrawn: () => {
        decided()
        for (const one of undo) one()
      },
      succeeded: () => {
        decided()
        for (const one of undo) one()
        this.#known.set(pair, true)
        // Not the address: else an attacker with an account of their own would start anew.
        for (const key of [`pair\0${pair}`, `user\0${user}`]) this.#tallies.delete(key)
      },
    }
  }

  #limitsOf(user: string, from: string, isKnown: boolean): Limit[] {
    const { freeFailures, maxWaitSeconds } = this.#options
    const bounded = (most: number) => Math.min(most, maxWaitSeconds)
    const here = [
      { key: `pair\0${user}\0${from}`, free: freeFailures, maxWaitSeconds },
      { key: `address\0${from}`, free: freeFailures * ADDRESS_FACTOR, maxWaitSeconds },
    ]
    if (isKnown) return here
    return [
      ...here,
      {
        key: `user\0${user}`,
        free: freeFailures * USER_FACTOR,
        maxWaitSeconds: bounded(MAX_USER_WAIT_SECONDS),
      },
      {
        key: 'strangers',
        free: freeFailures * STRANGERS_FACTOR,
        maxWaitSeconds: bounded(MAX_STRANGERS_WAIT_SECONDS),
      },
    ]
  }

  /** @returns to be called when the attempt is decided */
  #decide(from: string, isKnown: boolean): () => void {
    const ofAddress = this.#deciding.get(from) ?? 0
    const strangers = isKnown ? 0 : this.#strangersDeciding
    if (ofAddress >= AT_ONCE.ofAddress || strangers >= AT_ONCE.ofStrangers) {
      throw new TenancyError('login_busy', 'Too many logins at once', {
        retryAfterSeconds: BUSY_SECONDS,
      })
    }
    this.#deciding.set(from, ofAddress + 1)
    if (!isKnown) this.#strangersDeciding += 1
    let open = true
    return () => {
      if (!open) return
      open = false
      if (!isKnown) this.#strangersDeciding -= 1
      const left = (this.#deciding.get(from) ?? 1) - 1
      if (left > 0) this.#deciding.set(from, left)
      else this.#deciding.delete(from)
    }
  }

  #waitOf(key: string): number {
    return (this.#tallies.get(key)?.waitUntil ?? 0) - this.#now()
  }

  #fail({ key, free, maxWaitSeconds }: Limit): () => void {
    const tally = this.#tallies.get(key) ?? { failures: 0, waitUntil: 0 }
    const before = tally.waitUntil
    tally.failures += 1
    const over = tally.failures - free
    if (over >= 0) {
      const seconds = Math.min(FIRST_WAIT_SECONDS * 2 ** over, maxWaitSeconds)
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
