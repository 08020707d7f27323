import type { Change, EntityState, RelationState } from '../../../src/engine/ports/change.ts'
import { orderedPair, pairKey } from '../../../src/engine/ports/pair.ts'
import type { Store } from '../../../src/engine/ports/store.ts'
import { vector } from '../samples.ts'

interface VisibleChunk {
  readonly documentId: string
  readonly content: string
  readonly entities: readonly string[]
}

/** What a store should show: plain maps, changed all at once. */
export class MemoryModel {
  readonly documents = new Map<string, number | null>()
  readonly chunks = new Map<string, VisibleChunk>()
  readonly entities = new Map<string, EntityState>()
  readonly relations = new Map<string, RelationState>()

  apply(change: Change): void {
    for (const { documentId, forget } of change.removes) {
      for (const [id, chunk] of this.chunks) {
        if (chunk.documentId === documentId) this.chunks.delete(id)
      }
      if (forget) this.documents.delete(documentId)
      else if (this.documents.has(documentId)) this.documents.set(documentId, 0)
    }
    if (change.publishes !== null) {
      const { documentId, chunks } = change.publishes
      this.documents.set(documentId, chunks.length)
      for (const chunk of chunks) {
        const entities = chunk.entities.map((fragment) => fragment.name)
        this.chunks.set(chunk.id, { documentId, content: chunk.content, entities })
      }
    }
    for (const name of change.deadEntities) this.entities.delete(name)
    for (const pair of change.deadRelations) this.relations.delete(pairKey(orderedPair(...pair)))
    for (const state of change.entities) {
      this.entities.set(state.name, withKept(state, this.entities.get(state.name)))
    }
    for (const state of change.relations) {
      const key = pairKey(orderedPair(state.source, state.target))
      this.relations.set(key, withKept(state, this.relations.get(key)))
    }
  }

  clear(): void {
    for (const map of [this.documents, this.chunks, this.entities, this.relations]) map.clear()
  }

  degree(name: string): number {
    const ends = [...this.relations.values()].flatMap(({ source, target }) => [source, target])
    return ends.filter((end) => end === name).length
  }

  /** Everything visible, as {@link snapshot} tells it of a store. */
  snapshot() {
    const names = [...this.entities.keys()]
    return {
      counts: {
        documents: this.documents.size,
        chunks: this.chunks.size,
        entities: this.entities.size,
        relations: this.relations.size,
      },
      chunksCounts: [...this.documents].toSorted(byFirst),
      labels: names.toSorted(),
      degrees: names.map((name) => [name, this.degree(name)] as const).toSorted(byFirst),
      descriptions: [...this.entities.values()]
        .map((state) => [state.name, state.description] as const)
        .toSorted(byFirst),
      chunks: [...this.chunks].map(([id, { content }]) => [id, content] as const).toSorted(byFirst),
      matches: [...this.chunks.keys()].toSorted(),
      nearChunks: this.chunks.size,
      nearEntities: scores([...this.entities.values()].map((state) => state.vector)),
      nearRelations: scores([...this.relations.values()].map((state) => state.vector)),
      ties: [...this.relations.values()]
        .map(({ source, target, weight }) => [`${source}-${target}`, weight] as const)
        .toSorted(byFirst),
      owed: [...this.entities.values(), ...this.relations.values()].filter(
        (state) => state.vector === null,
      ).length,
      touched: [
        ...new Set([...this.chunks.values()].flatMap((chunk) => chunk.entities)),
      ].toSorted(),
    }
  }
}

const MANY = 1000
const PROBE = vector(1, 1)

/** Everything a store shows, by every way of asking. Each chunk must hold the word "chunk". */
export async function snapshot(store: Store): Promise<ReturnType<MemoryModel['snapshot']>> {
  const { documents } = await store.documents.list({
    statuses: null,
    sortField: 'id',
    sortDirection: 'asc',
    offset: 0,
    limit: MANY,
  })
  const entities = await store.searches.popularEntities(MANY)
  const relations = await store.searches.relations(
    (await store.searches.relationsOf(entities.map(({ key }) => key))).map(({ key }) => key),
  )
  const matched = await store.searches.chunks(
    keysOf(await store.searches.matchChunks('chunk', MANY)),
  )
  const near = await store.searches.nearestChunks(PROBE, MANY)
  const touched = await store.graph.footprint(documents.map(({ id }) => id))
  return {
    counts: await store.counts(),
    chunksCounts: documents.map(({ id, chunksCount }) => [id, chunksCount]),
    labels: await store.searches.entityNames(),
    degrees: entities.map(({ name, degree }) => [name, degree] as const).toSorted(byFirst),
    descriptions: entities
      .map(({ name, description }) => [name, description] as const)
      .toSorted(byFirst),
    chunks: (await store.searches.chunks(keysOf(near)))
      .map(({ id, content }) => [id, content] as const)
      .toSorted(byFirst),
    matches: matched.map(({ id }) => id).toSorted(),
    nearChunks: near.length,
    nearEntities: (await store.searches.nearestEntities(PROBE, MANY)).map(({ score }) =>
      rounded(score),
    ),
    nearRelations: (await store.searches.nearestRelations(PROBE, MANY)).map(({ score }) =>
      rounded(score),
    ),
    ties: relations
      .map(({ source, target, weight }) => [`${source}-${target}`, weight] as const)
      .toSorted(byFirst),
    owed: [...entities, ...relations].filter((row) => row.embeddingPending).length,
    touched: touched.entities.toSorted(),
  }
}

function withKept<State extends EntityState | RelationState>(
  state: State,
  before: State | undefined,
): State {
  return state.vector === 'keep' ? { ...state, vector: before?.vector ?? null } : state
}

function keysOf(hits: readonly { readonly key: number }[]): number[] {
  return hits.map(({ key }) => key)
}

function scores(vectors: readonly EntityState['vector'][]): number[] {
  return vectors
    .flatMap((found) => (found instanceof Float32Array ? [rounded(cosine(found))] : []))
    .toSorted((a, b) => b - a)
}

function cosine(found: Float32Array): number {
  return found.reduce((sum, value, index) => sum + value * (PROBE[index] ?? 0), 0)
}

function rounded(score: number): number {
  return Math.round(score * 1e4) / 1e4 + 0
}

function byFirst(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1
}
