import type { ChunkOutline } from '../read/chunk-outline.ts'
import type { EntityState, NewRelationFragment, RelationState } from './change.ts'
import type { EntityFragment } from './models.ts'

/** A row's key within its store: a positive integer that is never given to another row. */
export type Key = number

export interface StoredChunk {
  readonly key: Key
  readonly id: string
  readonly documentId: string
  readonly filePath: string
  readonly ordinal: number
  readonly content: string
  readonly tokens: number
  readonly start: number
  readonly end: number
  readonly headings: readonly string[]
  readonly page: number | null
  /** Null where nothing is known of the inside. */
  readonly outline: ChunkOutline | null
}

export interface StoredEntity extends Omit<EntityState, 'vector'> {
  readonly key: Key
  /** Number of relations. */
  readonly degree: number
  /** Whether its embedding is still to be made. */
  readonly embeddingPending: boolean
}

export interface StoredRelation extends Omit<RelationState, 'vector'> {
  readonly key: Key
  readonly sourceKey: Key
  readonly targetKey: Key
  readonly embeddingPending: boolean
}

/** A fragment with its origin. For the canonical order see {@link byOrigin}. */
export interface StoredEntityFragment extends EntityFragment {
  readonly documentId: string
  readonly filePath: string
  readonly chunkId: string
  readonly ordinal: number
  readonly position: number
  /** When the document was first enqueued, in milliseconds. */
  readonly createdAt: number
}

export interface StoredRelationFragment extends NewRelationFragment {
  readonly documentId: string
  readonly filePath: string
  readonly chunkId: string
  readonly ordinal: number
  readonly position: number
  readonly createdAt: number
}
