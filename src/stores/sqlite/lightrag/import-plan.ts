import type {
  EntityState,
  NewChunk,
  NewEntityFragment,
  NewRelationFragment,
  RelationState,
} from '../../../engine/ports/change.ts'
import type { DocStatus, JsonObject } from '../../../engine/ports/document-record.ts'
import type { ManualEntity, ManualRelation } from '../../../engine/ports/graph-edit.ts'

/** A chunk whose fragments are still being gathered. */
export interface PlannedChunk extends NewChunk {
  readonly entities: NewEntityFragment[]
  readonly relations: NewRelationFragment[]
}

/** A document as it comes in. */
export interface PlannedDocument {
  readonly id: string
  readonly filePath: string
  readonly text: string
  /** Of a processed one, its chunks come in too. */
  readonly status: Extract<DocStatus, 'processed' | 'pending' | 'failed'>
  readonly error: string | null
  readonly trackId: string
  readonly metadata: JsonObject
  /** In milliseconds. */
  readonly createdAt: number
  readonly updatedAt: number
  readonly chunks: PlannedChunk[]
}

/** How many of what were found, or come in. */
export interface Counts {
  readonly documents: number
  readonly chunks: number
  readonly entities: number
  readonly relations: number
}

/** Everything that an import writes, worked out before anything is written. */
export interface ImportPlan {
  readonly documents: readonly PlannedDocument[]
  readonly entities: readonly EntityState[]
  readonly relations: readonly RelationState[]
  readonly manualEntities: readonly ManualEntity[]
  readonly manualRelations: readonly ManualRelation[]
  readonly found: Counts & {
    readonly answers: number
    readonly vectors: {
      readonly chunks: number
      readonly entities: number
      readonly relations: number
    }
    /** Of the vectors; null when there are none. */
    readonly dimension: number | null
  }
  /** Entities and relations whose vectors are still to be made. */
  readonly pendingEmbeddings: number
  /** What does not come in as it was, in sentences. */
  readonly problems: readonly string[]
}
