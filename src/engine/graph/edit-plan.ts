import type { ManualEntity, ManualRelation } from '../ports/graph-edit.ts'
import type { Pair } from '../ports/pair.ts'
import type { EntityPatch, RelationPatch } from './item-fields.ts'

/** What a person wants of the graph. Names are those of entities that exist, but for new ones. */
export interface EditPlan {
  /** Entities that become another one, which may be new; or end, with their relations. */
  readonly moves?: ReadonlyMap<string, string | null>
  readonly endRelations?: readonly Pair[]
  readonly addEntities?: readonly ManualEntity[]
  readonly addRelations?: readonly ManualRelation[]
  /** By the name before any move. */
  readonly patchEntities?: ReadonlyMap<string, EntityPatch>
  readonly patchRelations?: readonly { readonly pair: Pair; readonly patch: RelationPatch }[]
}

/** What each entity and relation is made of: themselves, and what becomes them. */
export interface Origins {
  readonly entities: ReadonlyMap<string, readonly string[]>
  readonly relations: ReadonlyMap<string, { readonly pair: Pair; readonly from: readonly Pair[] }>
}
