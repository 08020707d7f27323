import type { NewChunk } from '../../../../engine/ports/change.ts'
import type { Key } from '../../../../engine/ports/stored-rows.ts'
import type { Steps } from '../../../../vectors/slices.ts'
import type { Connection } from '../../database/connection.ts'
import type { FullTextTable } from '../full-text-table.ts'
import type { EntityNames } from './entity-names.ts'
import type { RelationPairs } from './relation-pairs.ts'

/** What a fragment inherits of its chunk and document. */
interface Origin {
  /** Row id of the document. */
  readonly seq: number
  readonly rank: number
  /** As the full-text index of chunks has it. */
  readonly title: string
}

/** How many fragments a long change adds before it merges a little of the full-text index. */
const ROWS_PER_MERGE = 64

/** Writes of fragments. A fragment appears and disappears with its chunk. */
export class FragmentTable {
  readonly #connection: Connection
  readonly #names: EntityNames
  readonly #pairs: RelationPairs
  readonly #relationTexts: FullTextTable

  constructor(
    connection: Connection,
    names: EntityNames,
    pairs: RelationPairs,
    relationTexts: FullTextTable,
  ) {
    this.#connection = connection
    this.#names = names
    this.#pairs = pairs
    this.#relationTexts = relationTexts
  }

  /** @param key that of the chunk */
  *insert(key: Key, chunk: NewChunk, document: Origin): Steps {
    for (const [position, fragment] of chunk.entities.entries()) {
      this.#connection.run(
        `INSERT INTO entity_fragments
           (chunk, entity, rank, document, ordinal, position, named, type, description)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        key,
        this.#names.ensure(fragment.name),
        document.rank,
        document.seq,
        chunk.ordinal,
        position,
        fragment.named ? 1 : 0,
        fragment.type,
        fragment.description,
      )
      yield
    }
    // A sentence that ties several pairs is indexed once: the chunk counts by its best one.
    const indexed = new Set<string>()
    for (const [position, fragment] of chunk.relations.entries()) {
      const id = this.#connection.insert(
        `INSERT INTO relation_fragments
           (chunk, pair, rank, document, ordinal, position, keywords, description, weight)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        key,
        this.#pairs.ensure([fragment.source, fragment.target]).key,
        document.rank,
        document.seq,
        chunk.ordinal,
        position,
        fragment.keywords,
        fragment.description,
        fragment.weight,
      )
      if (!indexed.has(fragment.description)) {
        indexed.add(fragment.description)
        this.#relationTexts.insert(id, [document.title, fragment.description])
      }
      if (id % ROWS_PER_MERGE === 0) this.#relationTexts.merge()
      yield
    }
  }

  /** Removes the fragments of a chunk, with the names and pairs that only they used. */
  *removeOf(chunk: Key): Steps {
    const entities = 'SELECT id, entity AS key FROM entity_fragments WHERE chunk = ?'
    for (const row of this.#connection.all<{ id: number; key: Key }>(entities, chunk)) {
      this.#connection.run('DELETE FROM entity_fragments WHERE id = ?', row.id)
      this.#names.dropUnused(row.key)
      yield
    }
    const relations = 'SELECT id, pair AS key FROM relation_fragments WHERE chunk = ?'
    for (const row of this.#connection.all<{ id: number; key: Key }>(relations, chunk)) {
      this.#connection.run('DELETE FROM relation_fragments WHERE id = ?', row.id)
      this.#relationTexts.remove(row.id)
      this.#pairs.dropUnused(row.key)
      yield
    }
  }
}
