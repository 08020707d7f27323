import { documentRank } from '../../../../engine/ports/fragment-order.ts'
import { type GraphEdit, NO_DOCUMENT } from '../../../../engine/ports/graph-edit.ts'
import type { Key } from '../../../../engine/ports/stored-rows.ts'
import type { Steps } from '../../../../vectors/slices.ts'
import type { Connection } from '../../database/connection.ts'
import { NO_CHUNK } from '../../database/schema.ts'
import { fragmentVisible, type Generation } from '../../database/visibility.ts'
import type { FullTextTable } from '../full-text-table.ts'
import type { EntityNames } from './entity-names.ts'
import type { RelationPairs } from './relation-pairs.ts'

type Kind = 'entity' | 'relation'

/** Where a fragment stands in the canonical order of its subject. */
interface FragmentPosition {
  readonly id: number
  readonly rank: number
  readonly document: number
  readonly ordinal: number
  readonly position: number
}

/** Vector ids read at a time. */
const PAGE_ROWS = 200

/** What a fragment says, and of what, by kind. */
const COLUMNS = {
  entity: { subject: 'entity', says: 'named, type, description' },
  relation: { subject: 'pair', says: 'keywords, description, weight' },
} as const
const ORIGIN = 'chunk, rank, document, ordinal, position, source_id, file_path, made_at'

/**
 * Fragments that persons made, renamed or ended. Such a fragment has a life of its own within that
 * of its chunk: it is written for the next generation, or ends with it.
 */
export class EditedFragments {
  readonly #connection: Connection
  readonly #generation: Generation
  readonly #names: EntityNames
  readonly #pairs: RelationPairs
  readonly #relationTexts: FullTextTable

  constructor(
    connection: Connection,
    generation: Generation,
    names: EntityNames,
    pairs: RelationPairs,
    relationTexts: FullTextTable,
  ) {
    this.#connection = connection
    this.#generation = generation
    this.#names = names
    this.#pairs = pairs
    this.#relationTexts = relationTexts
  }

  /** Writes what an edit does to fragments, for the next generation. */
  *write(edit: GraphEdit): Steps {
    for (const { from, to } of edit.moveEntities) {
      const key = this.#names.key(from)
      if (key === null) continue
      const target = to === null ? null : this.#names.ensure(to)
      yield* this.#move('entity', key, target)
    }
    for (const { from, to } of edit.moveRelations) {
      const key = this.#pairs.find(from)?.key
      if (key === undefined) continue
      yield* this.#move('relation', key, to === null ? null : this.#pairs.ensure(to).key)
    }
    for (const { name, ...entity } of edit.addEntities) {
      this.#add('entity', this.#names.ensure(name), entity, [0, entity.type, entity.description])
      yield
    }
    for (const { source, target, ...relation } of edit.addRelations) {
      const { keywords, description, weight } = relation
      const pair = this.#pairs.ensure([source, target]).key
      // Not indexed: that index leads to chunks, and this fragment has none.
      this.#add('relation', pair, relation, [keywords, description, weight])
      yield
    }
  }

  /** Ends all that came from no document. */
  *endUndocumented(): Steps {
    for (const kind of ['entity', 'relation'] as const) {
      const sql = `SELECT id FROM ${kind}_fragments
        WHERE chunk = ${NO_CHUNK} AND died IS NULL LIMIT ${PAGE_ROWS}`
      yield* this.#each(sql, [], (id) => this.#end(kind, id))
    }
  }

  /** Takes back what was written for a generation that will not be published. */
  *undo(): Steps {
    for (const kind of ['entity', 'relation'] as const) {
      const staged = `SELECT id FROM ${kind}_fragments
        WHERE born > 0 AND born > ? LIMIT ${PAGE_ROWS}`
      yield* this.#each(staged, [this.#generation.current], (id) => this.#remove(kind, id))
      const ending = `SELECT id FROM ${kind}_fragments
        WHERE died IS NOT NULL AND died > ? LIMIT ${PAGE_ROWS}`
      const revive = `UPDATE ${kind}_fragments SET died = NULL WHERE id = ?`
      yield* this.#each(ending, [this.#generation.current], (id) =>
        this.#connection.run(revive, id),
      )
    }
  }

  /** Removes what no generation shows any more. */
  *sweep(): Steps {
    for (const kind of ['entity', 'relation'] as const) {
      const dead = `SELECT id FROM ${kind}_fragments
        WHERE died IS NOT NULL AND died <= ? LIMIT ${PAGE_ROWS}`
      yield* this.#each(dead, [this.#generation.current], (id) => this.#remove(kind, id))
    }
  }

  /** Gives the visible fragments of one subject to another, as copies; or ends them. */
  *#move(kind: Kind, from: Key, to: Key | null): Steps {
    const { subject } = COLUMNS[kind]
    const visible = `SELECT f.id, f.rank, f.document, f.ordinal, f.position
      FROM ${kind}_fragments f JOIN chunks c ON c.label = f.chunk
      WHERE f.${subject} = ? AND ${fragmentVisible('f', 'c')}
        AND (f.rank, f.document, f.ordinal, f.position) > (?, ?, ?, ?)
      ORDER BY f.rank, f.document, f.ordinal, f.position LIMIT ${PAGE_ROWS}`
    const { current } = this.#generation
    const shown = [current, current, current, current]
    let last: FragmentPosition = { id: 0, rank: -1, document: 0, ordinal: 0, position: 0 }
    for (;;) {
      const place = [last.rank, last.document, last.ordinal, last.position]
      const page = this.#connection.all<FragmentPosition>(visible, from, ...shown, ...place)
      for (const { id } of page) {
        if (to !== null) this.#copy(kind, id, to)
        this.#end(kind, id)
        yield
      }
      const end = page.at(-1)
      if (end === undefined) return
      last = end
    }
  }

  #copy(kind: Kind, id: number, to: Key): void {
    const { subject, says } = COLUMNS[kind]
    const copy = this.#connection.insert(
      `INSERT INTO ${kind}_fragments (${subject}, born, ${ORIGIN}, ${says})
       SELECT ?, ?, ${ORIGIN}, ${says} FROM ${kind}_fragments WHERE id = ?`,
      to,
      this.#generation.current + 1,
      id,
    )
    if (kind === 'relation') this.#index(copy)
  }

  /** Adds a relation fragment of a document to the full-text index. */
  #index(id: number): void {
    const row = this.#connection.get<{ title: string; description: string }>(
      `SELECT d.file_path AS title, f.description
       FROM relation_fragments f JOIN documents d ON d.seq = f.document WHERE f.id = ?`,
      id,
    )
    if (row !== undefined) this.#relationTexts.insert(id, [row.title, row.description])
  }

  #add(
    kind: Kind,
    subject: Key,
    origin: { sourceId: string; filePath: string; createdAt: number },
    says: readonly (string | number)[],
  ): void {
    const table = `${kind}_fragments`
    const id = this.#connection.insert(
      `INSERT INTO ${table} (${COLUMNS[kind].subject}, born, ${ORIGIN}, ${COLUMNS[kind].says})
       VALUES (?, ?, ${NO_CHUNK}, ?, 0, 0, 0, ?, ?, ?, ?, ?, ?)`,
      subject,
      this.#generation.current + 1,
      documentRank(NO_DOCUMENT),
      origin.sourceId,
      origin.filePath,
      origin.createdAt,
      ...says,
    )
    // Its place among its like: copies keep it, and no two that live share one.
    this.#connection.run(`UPDATE ${table} SET position = id WHERE id = ?`, id)
  }

  #end(kind: Kind, id: number): void {
    const sql = `UPDATE ${kind}_fragments SET died = ? WHERE id = ?`
    this.#connection.run(sql, this.#generation.current + 1, id)
  }

  #remove(kind: Kind, id: number): void {
    const { subject } = COLUMNS[kind]
    const row = this.#connection.get<{ key: Key; chunk: Key }>(
      `DELETE FROM ${kind}_fragments WHERE id = ? RETURNING ${subject} AS key, chunk`,
      id,
    )
    if (row === undefined) return
    if (kind === 'entity') {
      this.#names.dropUnused(row.key)
      return
    }
    if (row.chunk !== NO_CHUNK) this.#relationTexts.remove(id)
    this.#pairs.dropUnused(row.key)
  }

  /** Does something to each row that a query finds, until it finds none. */
  *#each(sql: string, values: readonly number[], work: (id: number) => unknown): Steps {
    for (;;) {
      const page = this.#connection.all<{ id: number }>(sql, ...values)
      if (page.length === 0) return
      for (const { id } of page) {
        work(id)
        yield
      }
    }
  }
}
