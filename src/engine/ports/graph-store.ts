import type { Change } from './change.ts'
import type { Overrides } from './graph-edit.ts'
import type { Pair } from './pair.ts'
import type { Key, StoredEntity, StoredRelation } from './stored-rows.ts'

/** The graph as a function of fragments, and what changes it. */
export interface GraphStore {
  /**
   * Runs sections of a workspace one after another, whichever process has asked for them, so that
   * what one of them reads of the graph still stands when it changes it. One that fails holds up no
   * other. What was read before is compared by the data version. No section asks a model:
   * the others would wait for it, and a store may keep a transaction open meanwhile.
   */
  exclusively<T>(section: () => Promise<T>): Promise<T>
  /**
   * Makes a change visible at once, or not at all. Only to be called in an exclusive section.
   *
   * @returns false, with nothing changed, when `publishes` names a document that was deleted or
   *   replaced since it was claimed, or that is another owner's by now
   */
  apply(change: Change): Promise<boolean>
  /** Empties the workspace, documents included, but keeps the model cache. */
  clear(): Promise<void>

  /** Names and pairs on which the visible version of these documents has fragments. */
  footprint(documentIds: readonly string[]): Promise<{ entities: string[]; relations: Pair[] }>
  /** What persons said of these entities and relations. */
  overrides(names: readonly string[], pairs: readonly Pair[]): Promise<Overrides>
  /** Visible entities and relations whose embedding is pending. */
  pendingEmbeddings(
    limit: number,
  ): Promise<{ entities: StoredEntity[]; relations: StoredRelation[] }>
  setVectors(
    entities: readonly { key: Key; vector: Float32Array }[],
    relations: readonly { key: Key; vector: Float32Array }[],
  ): Promise<void>

  /**
   * Entities after a key, in the order of their keys: the whole graph in pages. One that changes
   * meanwhile is shown once at most.
   */
  entitiesAfter(key: Key, limit: number): Promise<StoredEntity[]>
  relationsAfter(key: Key, limit: number): Promise<StoredRelation[]>
}
