import type { DocumentFilter } from '../../../engine/ports/searches.ts'
import type { Connection } from '../database/connection.ts'
import type { Generation } from '../database/visibility.ts'
import type { Tables } from '../tables/tables.ts'
import { documentScope, type Scope } from './document-scope.ts'

/** The scopes asked for last are kept; conversations ask with the same filter again and again. */
const KEPT = 4
/** How often a scope is made again when something was published meanwhile. */
const PATIENCE = 3
/** Of one key in a set. */
const KEY_BYTES = 40

/** Scopes by their filters, made anew after each change of what is visible. */
export class DocumentScopes {
  readonly #connection: Connection
  readonly #tables: Tables
  readonly #generation: Generation
  #madeFor = -1
  #scopes = new Map<string, Promise<Scope | null>>()
  #sizes = new Map<string, number>()

  constructor(connection: Connection, tables: Tables, generation: Generation) {
    this.#connection = connection
    this.#tables = tables
    this.#generation = generation
  }

  get bytes(): number {
    let keys = 0
    for (const size of this.#sizes.values()) keys += size
    return keys * KEY_BYTES
  }

  async of(filter: DocumentFilter | null): Promise<Scope | null> {
    for (let attempt = 1; ; attempt++) {
      const { current } = this.#generation
      const scope = await this.#kept(JSON.stringify(filter), filter)
      // What was published while the scope was made may be missing in it.
      if (this.#generation.current === current || attempt === PATIENCE) return scope
    }
  }

  forget(): void {
    this.#scopes.clear()
    this.#sizes.clear()
  }

  #kept(key: string, filter: DocumentFilter | null): Promise<Scope | null> {
    if (this.#madeFor !== this.#generation.current) this.forget()
    this.#madeFor = this.#generation.current
    const known = this.#scopes.get(key)
    const made = known ?? this.#make(key, filter)
    this.#scopes.delete(key)
    this.#scopes.set(key, made)
    const [oldest] = this.#scopes.keys()
    if (this.#scopes.size > KEPT && oldest !== undefined) {
      this.#scopes.delete(oldest)
      this.#sizes.delete(oldest)
    }
    return made
  }

  #make(key: string, filter: DocumentFilter | null): Promise<Scope | null> {
    const scopes = this.#scopes
    const made = documentScope(this.#connection, this.#tables, filter)
    made.then(
      (scope) => {
        if (scopes.has(key) && scope !== null) this.#sizes.set(key, sizeOf(scope))
      },
      () => scopes.delete(key),
    )
    return made
  }
}

function sizeOf({ documents, chunks, entities, relations }: Scope): number {
  return documents.size + chunks.size + entities.size + relations.size
}
