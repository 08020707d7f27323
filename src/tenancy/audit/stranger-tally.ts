import type { AuditFields } from './audit-chain.ts'

/** What takes audit lines in; an `AuditLog`. */
export interface AuditSink {
  record(fields: AuditFields): void
}

interface Count {
  readonly event: string
  readonly code: AuditFields[string]
  readonly status: AuditFields[string]
  readonly user: string | undefined
  /** Beyond the one that was told of in full. */
  count: number
  readonly addresses: Set<unknown>
}

const INTERVAL_MS = 10 * 60_000
/** Kinds with a line of their own; more are only users whose names were tried. */
const MOST_KINDS = 24
const MOST_ADDRESSES = 100

/**
 * Tells of what strangers were refused: of the first of each kind at once and in full, of the others
 * ten minutes later in one line, as a number. Anyone who needs no credential to be written down could
 * otherwise write until nothing else is kept.
 */
export class StrangerTally {
  readonly #sink: AuditSink
  readonly #now: () => number
  readonly #counts = new Map<string, Count>()
  #since = 0
  #timer: NodeJS.Timeout | undefined

  /** @param now in milliseconds since 1970; for tests */
  constructor(sink: AuditSink, now: () => number = Date.now) {
    this.#sink = sink
    this.#now = now
  }

  add(fields: AuditFields): void {
    if (this.#counts.size > 0 && this.#now() - this.#since >= INTERVAL_MS) this.#tell()
    if (this.#counts.size === 0) this.#begin()
    const { event, code, status, user, address } = fields
    const general = `${event}\0${code}`
    const own = `${general}\0${user}`
    const key = this.#counts.has(own) || this.#counts.size < MOST_KINDS ? own : general
    const count = this.#counts.get(key)
    if (count === undefined) {
      const named = key === own ? user : undefined
      const addresses = new Set([address])
      this.#counts.set(key, { event, code, status, user: named, count: 0, addresses })
      this.#sink.record(fields)
      return
    }
    count.count += 1
    if (count.addresses.size < MOST_ADDRESSES) count.addresses.add(address)
  }

  /** Tells of what was counted. */
  close(): void {
    this.#tell()
  }

  #begin(): void {
    this.#since = this.#now()
    this.#timer = setTimeout(() => this.#tell(), INTERVAL_MS).unref()
  }

  #tell(): void {
    clearTimeout(this.#timer)
    const since = new Date(this.#since).toISOString()
    for (const { count, addresses, ...kind } of this.#counts.values()) {
      if (count > 0) this.#sink.record({ ...kind, count, addresses: addresses.size, since })
    }
    this.#counts.clear()
  }
}
