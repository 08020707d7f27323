import type { PublishParts } from '../pipeline/publish-document.ts'
import { orderedPair } from '../ports/pair.ts'
import { applyEdit, readRelation } from './apply-edit.ts'
import type { DeletionResult } from './graph-calls.ts'
import { knownName, noEntity } from './item-name.ts'

/** Removes an entity with its relations. A document that is processed later may bring it back. */
export function deleteEntity(
  parts: PublishParts,
  input: { readonly entity_name: string },
): Promise<DeletionResult> {
  return applyEdit(parts, async () => {
    const name = await knownName(parts.store.searches, input.entity_name)
    if (name === null) throw noEntity(input.entity_name)
    const reply = async () => deleted(`Entity '${name}' and its relations deleted.`)
    return { plan: { moves: new Map([[name, null]]) }, reply }
  })
}

/** Removes a relation; its entities stay as long as anything else speaks of them. */
export function deleteRelation(
  parts: PublishParts,
  input: { readonly source_entity: string; readonly target_entity: string },
): Promise<DeletionResult> {
  return applyEdit(parts, async () => {
    const { store } = parts
    const source = (await knownName(store.searches, input.source_entity)) ?? input.source_entity
    const target = (await knownName(store.searches, input.target_entity)) ?? input.target_entity
    const pair = orderedPair(source, target)
    await readRelation(parts, pair)
    const reply = async () => deleted(`Relation between '${source}' and '${target}' deleted.`)
    return { plan: { endRelations: [pair] }, reply }
  })
}

function deleted(message: string): DeletionResult {
  return { status: 'success', doc_id: '', message, status_code: 200, file_path: null }
}
