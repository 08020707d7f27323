import type { Change, EntityState, NewChunk } from '../../../engine/ports/change.ts'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import { documentRank } from '../../../engine/ports/fragment-order.ts'
import type { Steps } from '../../../vectors/slices.ts'
import type { GraphChange } from '../search/working-graph.ts'
import type { Tables } from '../tables/tables.ts'
import type { VectorTable } from '../tables/vector-table.ts'

/** The document of the chunks that are staged. */
interface Origin {
  /** Its row id. */
  readonly seq: number
  readonly rank: number
  /** Its file path. */
  readonly name: string
}

/** How many rows a long change adds before it merges a little of the full-text index. */
const ROWS_PER_MERGE = 32

/** Vector ids that one change touches in one table. */
class RowChange {
  readonly added: number[] = []
  readonly superseded: number[] = []

  get growth(): number {
    return this.added.length - this.superseded.length
  }
}

/** A change on its way: what has been written for the next generation, and what will end with it. */
export class Staging {
  readonly #tables: Tables
  readonly chunks = new RowChange()
  readonly entities = new RowChange()
  readonly relations = new RowChange()
  readonly graph: GraphChange = { edges: [], deadEdges: [], nodes: [], deadNodes: [] }

  constructor(tables: Tables) {
    this.#tables = tables
  }

  /** Writes everything that a change brings, row by row. Throws for unfit values. */
  *write(change: Change): Steps {
    for (const { documentId } of change.removes) yield* this.#endChunks(documentId)
    const document = change.publishes && this.#tables.documents.row(change.publishes.documentId)
    if (change.publishes !== null && document !== null) {
      const origin = {
        seq: document.seq,
        rank: documentRank(document.id),
        name: document.file_path,
      }
      for (const chunk of change.publishes.chunks) yield* this.#addChunk(chunk, origin)
    }
    yield* this.#tables.editedFragments.write(change.edit)
    yield* this.#writeEntities(change)
    yield* this.#writeRelations(change)
  }

  /** Ends all that is visible. */
  *endEverything(): Steps {
    const { chunkRows, entityRows, relationRows } = this.#tables
    for (const [rows, vectorIds] of [
      [chunkRows, this.chunks],
      [entityRows, this.entities],
      [relationRows, this.relations],
    ] as const) {
      let page = rows.alive(0)
      while (page.length > 0) {
        for (const vectorId of page) {
          rows.supersede(vectorId)
          vectorIds.superseded.push(vectorId)
          yield
        }
        page = rows.alive(page.at(-1) ?? 0)
      }
    }
    yield* this.#tables.editedFragments.endUndocumented()
  }

  *#endChunks(documentId: string): Steps {
    const document = this.#tables.documents.row(documentId)
    if (document === null) return
    for (const vectorId of this.#tables.chunks.keysOf(document.seq)) {
      this.#tables.chunkRows.supersede(vectorId)
      this.chunks.superseded.push(vectorId)
      yield
    }
  }

  *#addChunk(chunk: NewChunk, document: Origin): Steps {
    const { chunks, chunkTexts, chunkVectors, fragments } = this.#tables
    const vectorId = chunks.stage(chunk, document.seq)
    this.chunks.added.push(vectorId)
    if (chunk.vector !== null) chunkVectors.stage(vectorId, chunk.vector)
    const title = [document.name, ...chunk.headings].join('\n')
    chunkTexts.insert(vectorId, [chunk.content, title])
    if (this.chunks.added.length % ROWS_PER_MERGE === 0) chunkTexts.merge()
    yield
    yield* fragments.insert(vectorId, chunk, { ...document, title })
  }

  *#writeEntities(change: Change): Steps {
    const { entities, entityNames, entityTexts, entityVectors } = this.#tables
    for (const name of change.deadEntities) {
      const key = entityNames.key(name)
      if (key === null) continue
      this.#endEntity(key)
      this.graph.deadNodes.push(key)
      yield
    }
    for (const state of change.entities) {
      const key = entityNames.ensure(state.name)
      const before = entityNames.isFresh(key) ? null : this.#endEntity(key)
      const vectorId = entities.stage(key, state, isEmbeddingPending(state))
      this.entities.added.push(vectorId)
      if (stageVector(entityVectors, vectorId, state.vector, before)) entities.settle(vectorId)
      this.graph.nodes.push(key)
      if (this.entities.added.length % ROWS_PER_MERGE === 0) entityTexts.merge()
      yield
    }
  }

  *#writeRelations(change: Change): Steps {
    const { relations, relationPairs, relationVectors } = this.#tables
    for (const names of change.deadRelations) {
      const pair = relationPairs.find(names)
      if (pair === null) continue
      this.#endRelation(pair.key)
      this.graph.deadEdges.push({ source: pair.source, target: pair.target })
      yield
    }
    for (const state of change.relations) {
      if (state.source === state.target) {
        throw new EngineError('invalid_argument', 'A relation needs two different entities')
      }
      const pair = relationPairs.ensure([state.source, state.target])
      const before = relationPairs.isFresh(pair.key) ? null : this.#endRelation(pair.key)
      const vectorId = relations.stage(pair.key, state, isEmbeddingPending(state))
      this.relations.added.push(vectorId)
      if (stageVector(relationVectors, vectorId, state.vector, before)) relations.settle(vectorId)
      this.graph.edges.push({ ...pair, weight: state.weight })
      yield
    }
  }

  /** Returns the vector id of the version that ends. */
  #endEntity(key: number): number | null {
    const vectorId = this.#tables.entities.latest(key)
    if (vectorId === null) return null
    this.#tables.entityRows.supersede(vectorId)
    this.entities.superseded.push(vectorId)
    return vectorId
  }

  #endRelation(key: number): number | null {
    const vectorId = this.#tables.relations.latest(key)
    if (vectorId === null) return null
    this.#tables.relationRows.supersede(vectorId)
    this.relations.superseded.push(vectorId)
    return vectorId
  }
}

/** A vector of its own is written beside the row; that of the version before may be missing. */
function isEmbeddingPending({ vector }: Pick<EntityState, 'vector'>): boolean {
  return vector === null || vector === 'keep'
}

/** Returns whether what was pending is there now: the vector of the version before. */
function stageVector(
  vectors: VectorTable,
  vectorId: number,
  vector: EntityState['vector'],
  before: number | null,
): boolean {
  if (vector === null) return false
  if (vector === 'keep') return before !== null && vectors.stageCopy(vectorId, before)
  vectors.stage(vectorId, vector)
  return false
}
