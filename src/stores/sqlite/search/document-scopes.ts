import type { DocumentFilter } from '../../../engine/ports/searches.ts'
import type { Connection } from '../database/connection.ts'
import { PerGeneration } from '../database/per-generation.ts'
import type { Generation } from '../database/visibility.ts'
import type { Tables } from '../tables/tables.ts'
import { documentScope, type Scope } from './document-scope.ts'

/** The scopes asked for last are kept; conversations ask with the same filter again and again. */
const KEPT = 4
/** How often a scope is made again when something was published meanwhile. */
const PATIENCE = 3
/** Of one key in a set. */
const KEY_BYTES = 40

interface Kept {
  readonly scopes: Map<string, Promise<Scope | null>>
  /** In keys. */
  readonly sizes: Map<string, number>
}

/** Scopes by their filters, made anew after each change of what is visible. */
export class DocumentScopes {
  readonly #connection: Connection
  readonly #tables: Tables
  readonly #generation: Generation
  readonly #kept: PerGeneration<Kept>

  constructor(connection: Connection, tables: Tables, generation: Generation) {
    this.#connection = connection
    this.#tables = tables
    this.#generation = generation
    this.#kept = new PerGeneration(generation, () => ({ scopes: new Map(), sizes: new Map() }))
  }

  get bytes(): number {
    let keys = 0
    for (const size of this.#kept.held?.sizes.values() ?? []) keys += size
    return keys * KEY_BYTES
  }

  async of(filter: DocumentFilter | null): Promise<Scope | null> {
    for (let attempt = 1; ; attempt++) {
      const { current } = this.#generation
      const scope = await this.#scope(JSON.stringify(filter), filter)
      // What was published while the scope was made may be missing in it.
      if (this.#generation.current === current || attempt === PATIENCE) return scope
    }
  }

  forget(): void {
    this.#kept.forget()
  }

  #scope(key: string, filter: DocumentFilter | null): Promise<Scope | null> {
    const kept = this.#kept.now
    const { scopes, sizes } = kept
    const made = scopes.get(key) ?? this.#make(kept, key, filter)
    scopes.delete(key)
    scopes.set(key, made)
    const [oldest] = scopes.keys()
    if (scopes.size > KEPT && oldest !== undefined) {
      scopes.delete(oldest)
      sizes.delete(oldest)
    }
    return made
  }

  #make({ scopes, sizes }: Kept, key: string, filter: DocumentFilter | null) {
    const made = documentScope(this.#connection, this.#tables, filter)
    made.then(
      (scope) => {
        if (scopes.has(key) && scope !== null) sizes.set(key, sizeOf(scope))
      },
      () => scopes.delete(key),
    )
    return made
  }
}

function sizeOf({ documents, chunks, entities, relations }: Scope): number {
  return documents.size + chunks.size + entities.size + relations.size
}
