import { NO_DOCUMENT } from '../../../../engine/ports/graph-edit.ts'
import type { ChunkStatement, ChunkTie, NamedEntity } from '../../../../engine/ports/searches.ts'
import type {
  Key,
  StoredEntityFragment,
  StoredRelationFragment,
} from '../../../../engine/ports/stored-rows.ts'
import { type Connection, LIMIT, type Value } from '../../database/connection.ts'
import { NO_CHUNK } from '../../database/schema.ts'
import { fragmentVisible, type Generation, UNEDITED, visible } from '../../database/visibility.ts'

/** Rows read at a time, so that an entity of which every chunk speaks holds nobody up. */
const PAGE_ROWS = 300

/** Where a fragment stands in the canonical order of its entity or pair. */
interface Position {
  readonly chunk: Key
  readonly rank: number
  /** Row id of the document. */
  readonly document: number
  readonly ordinal: number
  readonly position: number
}
type EntityRow = Position & Omit<StoredEntityFragment, 'name'>
type RelationRow = Position & Omit<StoredRelationFragment, 'source' | 'target'>

/** What every page has of a fragment, before its own columns. */
type PositionColumns = readonly [
  chunk: Key,
  rank: number,
  document: number,
  ordinal: number,
  position: number,
]
type OriginColumns = readonly [
  ...PositionColumns,
  chunkId: string,
  documentId: string,
  filePath: string,
  createdAt: number,
]
type EntityColumns = readonly [...OriginColumns, type: string, description: string]
type RelationColumns = readonly [
  ...OriginColumns,
  keywords: string,
  description: string,
  weight: number,
]
type NamedColumns = readonly [...PositionColumns, named: number]

type TieColumns = readonly [chunk: Key, entity: Key, named: number, spread: number]
type TieInDocument = readonly [...TieColumns, document: number]

/** What came from no document says itself where it comes from. */
const ORIGIN = `coalesce(f.source_id, c.id) AS chunkId,
  coalesce(d.id, '${NO_DOCUMENT}') AS documentId,
  coalesce(f.file_path, d.file_path, '') AS filePath,
  coalesce(f.made_at, d.created_at, 0) AS createdAt`
const WITH_DOCUMENT = 'LEFT JOIN documents d ON d.seq = f.document'

const TIES_OF_CHUNKS = `SELECT f.chunk, f.entity, max(f.named), e.spread
  FROM json_each(?) k CROSS JOIN chunks c ON c.label = k.value
    CROSS JOIN entity_fragments f ON f.chunk = c.label
    CROSS JOIN entities e ON e.entity = f.entity
  WHERE ${fragmentVisible('f', 'c')} AND ${visible('e')} AND e.spread BETWEEN ? AND ?
  GROUP BY k.key, f.entity ORDER BY k.key, min(f.position)`
/** In characters: what a description begins with. */
const LONGEST_STATEMENT = 400
const STATEMENTS_IN = `SELECT f.chunk, f.entity, substr(f.description, 1, ${LONGEST_STATEMENT})
  FROM json_each(?) k CROSS JOIN chunks c ON c.label = k.value
    CROSS JOIN entity_fragments f ON f.chunk = c.label
  WHERE ${fragmentVisible('f', 'c')}`
const TIES_OF_ENTITIES = `SELECT f.chunk, f.entity, f.named, e.spread, f.document
  FROM json_each(?) k CROSS JOIN entities e ON e.entity = k.value
    CROSS JOIN entity_fragments f ON f.entity = e.entity
    CROSS JOIN chunks c ON c.label = f.chunk
  WHERE f.chunk <> ${NO_CHUNK} AND ${fragmentVisible('f', 'c')} AND ${visible('e')}
  ORDER BY k.key, f.rank, f.document, f.ordinal, f.position ${LIMIT}`

/** Reads of fragments whose chunk is visible. */
export class FragmentReads {
  readonly #connection: Connection
  readonly #generation: Generation

  constructor(connection: Connection, generation: Generation) {
    this.#connection = connection
    this.#generation = generation
  }

  /** Pages of the fragments of an entity, in canonical order. */
  ofEntity(entity: Key): Generator<EntityRow[], void, void> {
    const own = `${ORIGIN}, f.type, f.description`
    return this.#pages('entity_fragments', 'entity', own, WITH_DOCUMENT, entity, entityRow)
  }

  /** Pages of the fragments of a pair, in canonical order. */
  ofPair(pair: Key): Generator<RelationRow[], void, void> {
    const own = `${ORIGIN}, f.keywords, f.description, f.weight`
    return this.#pages('relation_fragments', 'pair', own, WITH_DOCUMENT, pair, relationRow)
  }

  namesIn(chunk: Key): string[] {
    return this.#connection
      .all<{ name: string }>(
        `SELECT DISTINCT n.name FROM entity_fragments f JOIN entity_names n ON n.id = f.entity
         WHERE f.chunk = ? AND ${UNEDITED}`,
        chunk,
        this.#generation.current,
        this.#generation.current,
      )
      .map((row) => row.name)
  }

  pairsIn(chunk: Key): [string, string][] {
    return this.#connection
      .all<{ source: string; target: string }>(
        `SELECT DISTINCT s.name AS source, t.name AS target FROM relation_fragments f
         JOIN relation_pairs p ON p.id = f.pair
         JOIN entity_names s ON s.id = p.source JOIN entity_names t ON t.id = p.target
         WHERE f.chunk = ? AND ${UNEDITED}`,
        chunk,
        this.#generation.current,
        this.#generation.current,
      )
      .map((row) => [row.source, row.target])
  }

  /** Keys of the entities of which a chunk speaks; an entity may occur twice. */
  entityKeysIn(chunk: Key): Key[] {
    const sql = `SELECT f.entity AS key FROM entity_fragments f WHERE f.chunk = ? AND ${UNEDITED}`
    const { current } = this.#generation
    return this.#connection.all<{ key: Key }>(sql, chunk, current, current).map((row) => row.key)
  }

  /** Likewise of relations. */
  pairKeysIn(chunk: Key): Key[] {
    const sql = `SELECT f.pair AS key FROM relation_fragments f WHERE f.chunk = ? AND ${UNEDITED}`
    const { current } = this.#generation
    return this.#connection.all<{ key: Key }>(sql, chunk, current, current).map((row) => row.key)
  }

  /** Pages of the row ids of the documents that speak of an entity or of a pair. */
  *documentsOf(kind: 'entity' | 'pair', key: Key): Generator<number[], void, void> {
    const table = kind === 'entity' ? 'entity_fragments' : 'relation_fragments'
    for (const page of this.#pages(table, kind, '1', '', key, positionOf)) {
      yield page.map((row) => row.document)
    }
  }

  /**
   * The visible entities that these chunks name, if their spread is within these bounds; chunk by
   * chunk as asked for.
   */
  tiesOfChunks(chunks: readonly Key[], minSpread: number, maxSpread: number): ChunkTie[] {
    const { current } = this.#generation
    return this.#connection
      .rows<TieColumns>(
        TIES_OF_CHUNKS,
        JSON.stringify(chunks),
        current,
        current,
        current,
        current,
        current,
        current,
        minSpread,
        maxSpread,
      )
      .map(asTie)
  }

  /** What these chunks say of the entities that they name. */
  statementsIn(chunks: readonly Key[]): ChunkStatement[] {
    const { current } = this.#generation
    return this.#connection
      .rows<[chunk: Key, entity: Key, description: string]>(
        STATEMENTS_IN,
        JSON.stringify(chunks),
        current,
        current,
        current,
        current,
      )
      .map(([chunk, entity, description]) => ({ chunk, entity, description }))
  }

  /**
   * The fragments of these visible entities as ties, entity by entity as asked for, each in
   * canonical order; null when there are more than `most`.
   *
   * @param admits tells which documents count, by their row ids
   */
  tiesOfEntities(
    entities: readonly Key[],
    most: number,
    admits: (document: number) => boolean,
  ): ChunkTie[] | null {
    const { current } = this.#generation
    const rows = this.#connection.rows<TieInDocument>(
      TIES_OF_ENTITIES,
      JSON.stringify(entities),
      current,
      current,
      current,
      current,
      current,
      current,
      most + 1,
    )
    if (rows.length > most) return null
    return rows.filter((row) => admits(row[4])).map(asTie)
  }

  /**
   * Pages of the fragments of a visible entity in canonical order, as ties to their chunks.
   *
   * @param admits tells which documents count, by their row ids
   */
  *chunksOf(
    entity: NamedEntity,
    admits: (document: number) => boolean,
  ): Generator<ChunkTie[], void, void> {
    const named = 'f.named'
    for (const page of this.#pages('entity_fragments', 'entity', named, '', entity.key, namedRow)) {
      yield page
        .filter((row) => row.chunk !== NO_CHUNK && admits(row.document))
        .map(({ chunk, named }) => asTie([chunk, entity.key, named, entity.spread]))
    }
  }

  *#pages<Columns extends readonly Value[], Row extends Position>(
    table: 'entity_fragments' | 'relation_fragments',
    column: 'entity' | 'pair',
    own: string,
    join: string,
    key: Key,
    rowOf: (columns: Columns) => Row,
  ): Generator<Row[], void, void> {
    let last: Position = { chunk: 0, rank: -1, document: 0, ordinal: 0, position: 0 }
    for (;;) {
      const columns: Columns[] = this.#connection.rows<Columns>(
        `SELECT f.chunk, f.rank, f.document, f.ordinal, f.position, ${own}
         FROM ${table} f JOIN chunks c ON c.label = f.chunk ${join}
         WHERE f.${column} = ? AND ${fragmentVisible('f', 'c')}
           AND (f.rank, f.document, f.ordinal, f.position) > (?, ?, ?, ?)
         ORDER BY f.rank, f.document, f.ordinal, f.position LIMIT ${PAGE_ROWS}`,
        key,
        this.#generation.current,
        this.#generation.current,
        this.#generation.current,
        this.#generation.current,
        last.rank,
        last.document,
        last.ordinal,
        last.position,
      )
      const page: Row[] = columns.map(rowOf)
      yield page
      const end = page.at(-1)
      if (end === undefined || page.length < PAGE_ROWS) return
      last = end
    }
  }
}

function asTie([chunk, entity, named, spread]: TieColumns | TieInDocument): ChunkTie {
  return { chunk, entity, named: named === 1, spread }
}

function positionOf([chunk, rank, document, ordinal, position]: PositionColumns): Position {
  return { chunk, rank, document, ordinal, position }
}

function namedRow([chunk, rank, document, ordinal, position, named]: NamedColumns): Position & {
  readonly named: number
} {
  return { chunk, rank, document, ordinal, position, named }
}

function entityRow([
  chunk,
  rank,
  document,
  ordinal,
  position,
  chunkId,
  documentId,
  filePath,
  createdAt,
  type,
  description,
]: EntityColumns): EntityRow {
  const origin = { chunkId, documentId, filePath, createdAt }
  return { chunk, rank, document, ordinal, position, ...origin, type, description }
}

function relationRow([
  chunk,
  rank,
  document,
  ordinal,
  position,
  chunkId,
  documentId,
  filePath,
  createdAt,
  keywords,
  description,
  weight,
]: RelationColumns): RelationRow {
  const origin = { chunkId, documentId, filePath, createdAt }
  return { chunk, rank, document, ordinal, position, ...origin, keywords, description, weight }
}
