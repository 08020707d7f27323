import type { Key } from '../../../../engine/ports/stored-rows.ts'
import { nameKey } from '../../../../engine/text/name-key.ts'
import type { Connection } from '../../database/connection.ts'
import type { FullTextTable } from '../full-text-table.ts'

/** Names of entities and their keys. A name that comes back after it was dropped has a new key. */
export class EntityNames {
  readonly #connection: Connection
  readonly #fullText: FullTextTable
  /** Keys that the change on its way has found or made; null when there is none. */
  #known: Map<string, Key> | null = null
  /** Keys that it has made. */
  readonly #made = new Set<Key>()
  /** Those of them of which no version was written so far. */
  readonly #fresh = new Set<Key>()

  constructor(connection: Connection, fullText: FullTextTable) {
    this.#connection = connection
    this.#fullText = fullText
  }

  key(name: string): Key | null {
    const sql = 'SELECT id FROM entity_names WHERE name = ?'
    return this.#connection.get<{ id: Key }>(sql, name)?.id ?? null
  }

  /** A change names an entity many times over, and no name is dropped while it is written. */
  startChange(): void {
    this.#known = new Map()
  }

  endChange(): void {
    this.#known = null
    this.#made.clear()
    this.#fresh.clear()
  }

  /** Whether the change on its way made this key: nothing that came before refers to it. */
  isNew(key: Key): boolean {
    return this.#made.has(key)
  }

  /** Whether the change on its way made this key: there is no version to look for. Asked but once. */
  isFresh(key: Key): boolean {
    return this.#fresh.delete(key)
  }

  ensure(name: string): Key {
    const key = this.#known?.get(name) ?? this.key(name) ?? this.#add(name)
    this.#known?.set(name, key)
    return key
  }

  #add(name: string): Key {
    const key = this.#connection.insert(
      'INSERT INTO entity_names (name, name_key) VALUES (?, ?)',
      name,
      nameKey(name),
    )
    this.#fullText.insert(key, [name])
    if (this.#known !== null) {
      this.#made.add(key)
      this.#fresh.add(key)
    }
    return key
  }

  /** Forgets a name that no version, fragment or pair refers to. */
  dropUnused(key: Key): void {
    const dropped = this.#connection.run(
      `DELETE FROM entity_names WHERE id = ?
         AND NOT EXISTS (SELECT 1 FROM entities WHERE entity = ?)
         AND NOT EXISTS (SELECT 1 FROM entity_fragments WHERE entity = ?)
         AND NOT EXISTS (SELECT 1 FROM relation_pairs WHERE source = ? OR target = ?)`,
      key,
      key,
      key,
      key,
      key,
    )
    if (dropped > 0) this.#fullText.remove(key)
  }
}
