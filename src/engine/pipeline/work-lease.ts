import type { DocumentQueue } from '../ports/document-queue.ts'
import type { DocumentRecord } from '../ports/document-record.ts'

/** How long the documents of an owner who is not heard of any more stay theirs. */
const LEASE_MS = 30_000
const RENEW_EVERY_MS = LEASE_MS / 3

export interface WorkLeaseParts {
  readonly queue: Pick<DocumentQueue, 'claim' | 'renew'>
  readonly owner: string
  readonly isAtWork: () => boolean
  readonly onError: (message: string, error: unknown) => void
}

/** Claims documents under the name of one owner, and keeps them theirs while they are in work. */
export class WorkLease {
  readonly #parts: WorkLeaseParts
  #renewal: NodeJS.Timeout | undefined

  constructor(parts: WorkLeaseParts) {
    this.#parts = parts
  }

  claim(): Promise<DocumentRecord | null> {
    this.#renewal ??= setInterval(() => this.#renew(), RENEW_EVERY_MS).unref()
    return this.#parts.queue.claim(this.#parts.owner, LEASE_MS)
  }

  end(): void {
    clearInterval(this.#renewal)
    this.#renewal = undefined
  }

  #renew(): void {
    const { queue, owner, isAtWork, onError } = this.#parts
    if (!isAtWork()) {
      this.end()
      return
    }
    queue.renew(owner, LEASE_MS).catch((error: unknown) => {
      onError('The lease on the documents in work was not renewed', error)
    })
  }
}
