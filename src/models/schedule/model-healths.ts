import { ModelHealth } from '../../engine/ports/model-health.ts'

/** Accounts may be many over time, and what is known of one is soon known again. */
const MOST = 1000

/** What is known of each model, shared by all who call it with the same account. */
export class ModelHealths {
  readonly #healths = new Map<string, ModelHealth>()

  /** @param account provider, address, key and name of the model */
  of(kind: 'llm' | 'embedding', account: unknown): ModelHealth {
    const key = JSON.stringify([kind, account])
    const known = this.#healths.get(key) ?? new ModelHealth()
    this.#healths.delete(key)
    this.#healths.set(key, known)
    const [oldest] = this.#healths.keys()
    if (this.#healths.size > MOST && oldest !== undefined) this.#healths.delete(oldest)
    return known
  }
}
