import type { Awaitable } from '../awaitable.ts'
import type { ContextCarrier } from '../context.ts'
import { TenancyError } from '../tenancy-error.ts'

/** Counted rights to run something; see `limited`. */
export interface Limiter {
  /**
   * Names whoever calls now, so that what is reserved later counts for them; undefined for callers
   * without limits.
   */
  subject(): Subject | undefined
  /**
   * @returns gives the right back; a second call does nothing
   * @throws {TenancyError} `too_many_queries`
   */
  reserve(subject: Subject): Awaitable<() => void>
}

export interface Subject {
  readonly workspace: string
  readonly credential: string
}

export interface ConcurrencyLimits {
  /** Most at once in one workspace; 0 = no limit. */
  readonly perWorkspace: number
  /** Most at once of one key, or of one user who came with a token; 0 = no limit. */
  readonly perKey: number
}

/** Who calls now; undefined outside any context. */
export function subjectIn(context: ContextCarrier): Subject | undefined {
  const current = context.current()
  if (current === undefined) return undefined
  const { workspace, principal, credentialId } = current
  return { workspace, credential: credentialId ?? principal.userId }
}

/** Bounds what runs at once, open streams included. It holds a count for whoever runs something. */
export class ConcurrencyLimiter implements Limiter {
  readonly #limits: ConcurrencyLimits
  readonly #context: ContextCarrier
  readonly #running = new Map<string, number>()
  #refused = 0

  constructor(limits: ConcurrencyLimits, context: ContextCarrier) {
    this.#limits = limits
    this.#context = context
  }

  subject(): Subject | undefined {
    return subjectIn(this.#context)
  }

  reserve({ workspace, credential }: Subject): () => void {
    const counts = [
      { name: `workspace\0${workspace.toLowerCase()}`, most: this.#limits.perWorkspace },
      { name: `key\0${credential}`, most: this.#limits.perKey },
    ].filter(({ most }) => most > 0)
    // Both or neither: a reservation that half succeeded would have to be taken back.
    if (counts.some(({ name, most }) => this.#of(name) >= most)) {
      this.#refused += 1
      throw new TenancyError('too_many_queries', 'Too many queries at once; try again shortly', {
        retryAfterSeconds: 1,
      })
    }
    for (const { name } of counts) this.#running.set(name, this.#of(name) + 1)
    let held = true
    return () => {
      if (!held) return
      held = false
      for (const { name } of counts) this.#giveBack(name)
    }
  }

  /** Workspaces and keys that run something, and refusals since the start. */
  stats(): { readonly busy: number; readonly refused: number } {
    return { busy: this.#running.size, refused: this.#refused }
  }

  #of(name: string): number {
    return this.#running.get(name) ?? 0
  }

  #giveBack(name: string): void {
    const left = this.#of(name) - 1
    if (left > 0) this.#running.set(name, left)
    else this.#running.delete(name)
  }
}
