import type { ChunkOutline } from '../read/chunk-outline.ts'
import type { JsonObject } from './document-record.ts'
import type { GraphEdit } from './graph-edit.ts'
import type { EntityFragment } from './models.ts'
import type { Pair } from './pair.ts'

/** One atomic change of what is visible. */
export interface Change {
  /** Documents whose chunks and fragments disappear; with `forget` their records and texts too. */
  readonly removes: readonly { readonly documentId: string; readonly forget: boolean }[]
  /** The document version that appears, if any. */
  readonly publishes: {
    readonly documentId: string
    readonly revision: number
    /** Who has claimed it. */
    readonly owner: string
    readonly chunks: readonly NewChunk[]
    readonly metadata: JsonObject
  } | null
  /** Entities and relations whose fragments change, as they are afterwards. */
  readonly entities: readonly EntityState[]
  readonly relations: readonly RelationState[]
  /** Those that have no fragment left. */
  readonly deadEntities: readonly string[]
  readonly deadRelations: readonly Pair[]
  /** What a person adds, renames or says; applied after the removals. */
  readonly edit: GraphEdit
}

/** Chunk of a document version that is about to be committed. */
export interface NewChunk {
  readonly id: string
  readonly ordinal: number
  readonly content: string
  /** In tokens. */
  readonly tokens: number
  /** Range in the document's text, in UTF-16 units. */
  readonly start: number
  readonly end: number
  readonly headings: readonly string[]
  readonly page: number | null
  /** Null where nothing is known of the inside: no file, no text. */
  readonly outline: ChunkOutline | null
  /** Null where the model refuses the text; the chunk is then found by its words only. */
  readonly vector: Float32Array | null
  /** What extraction found here; empty when the chunk was set aside in it. */
  readonly entities: readonly NewEntityFragment[]
  readonly relations: readonly NewRelationFragment[]
  /** Why a model was given up for this chunk, or null. */
  readonly error: string | null
}

export interface NewEntityFragment extends EntityFragment {
  /** Whether the entity's name is the title of the document or a heading above the chunk. */
  readonly named: boolean
}

export interface NewRelationFragment {
  /** The two names in code-point order. */
  readonly source: string
  readonly target: string
  readonly keywords: string
  readonly description: string
  readonly weight: number
}

/** What an entity is, computed from all its fragments. */
export interface EntityState {
  readonly name: string
  readonly type: string
  readonly description: string
  /** Chunk ids, in the order of the fragments, cut to the limit. */
  readonly sourceIds: readonly string[]
  readonly filePaths: readonly string[]
  /** In milliseconds. */
  readonly createdAt: number
  /** Of the line that a prompt shows. */
  readonly tokens: number
  /** `keep` when what is embedded did not change; null while the embedding is pending. */
  readonly vector: Float32Array | 'keep' | null
}

export interface RelationState {
  readonly source: string
  readonly target: string
  readonly keywords: string
  readonly description: string
  readonly weight: number
  readonly sourceIds: readonly string[]
  readonly filePaths: readonly string[]
  readonly createdAt: number
  readonly tokens: number
  readonly vector: Float32Array | 'keep' | null
}
