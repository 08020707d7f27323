/**
 * What a person makes of the graph: knowledge that no document holds, names that mean another, and
 * values that stand above what fragments say.
 */

/** The `documentId` of fragments that come from no document. */
export const NO_DOCUMENT = 'manual_creation'

/** What a person said an entity is; what is not given follows from its fragments. */
export interface EntityOverride {
  readonly type?: string
  readonly description?: string
}

/** What a person said a relation is; what is not given follows from its fragments. */
export interface RelationOverride {
  readonly keywords?: string
  readonly description?: string
  readonly weight?: number
}

/** Overrides by name and by `pairKey`. */
export interface Overrides {
  readonly entities: ReadonlyMap<string, EntityOverride>
  readonly relations: ReadonlyMap<string, RelationOverride>
}

/** Where something that a person added comes from. */
interface ManualOrigin {
  /** What is shown in the place of a chunk's id. */
  readonly sourceId: string
  readonly filePath: string
  /** In milliseconds. */
  readonly createdAt: number
}

/** A fragment without a document. */
export interface ManualEntity extends ManualOrigin {
  readonly name: string
  readonly type: string
  readonly description: string
}

export interface ManualRelation extends ManualOrigin {
  /** The two names in code-point order. */
  readonly source: string
  readonly target: string
  readonly keywords: string
  readonly description: string
  readonly weight: number
}

/** The part of a change that a person asked for, or that follows from it. */
export interface GraphEdit {
  /** The visible fragments of a name bear another from now on, or end. */
  readonly moveEntities: readonly { readonly from: string; readonly to: string | null }[]
  /** Same for pairs. A fragment of a document keeps its chunk, and goes when the document goes. */
  readonly moveRelations: readonly {
    readonly from: readonly [string, string]
    readonly to: readonly [string, string] | null
  }[]
  readonly addEntities: readonly ManualEntity[]
  readonly addRelations: readonly ManualRelation[]
  /** Overrides as they are afterwards; null takes one back. */
  readonly overrideEntities: readonly {
    readonly name: string
    readonly override: EntityOverride | null
  }[]
  readonly overrideRelations: readonly {
    readonly pair: readonly [string, string]
    readonly override: RelationOverride | null
  }[]
}

export const NO_EDIT: GraphEdit = {
  moveEntities: [],
  moveRelations: [],
  addEntities: [],
  addRelations: [],
  overrideEntities: [],
  overrideRelations: [],
}
