import type { PublishParts } from '../pipeline/publish-document.ts'
import { EngineError } from '../ports/engine-error.ts'
import { applyEdit, readEntity } from './apply-edit.ts'
import type { EntityInfo, GraphReply, MergeEntities } from './graph-calls.ts'
import { entityInfo } from './item-info.ts'
import { existingName, itemName, knownName } from './item-name.ts'

/**
 * Makes several entities one, as if every document had used that name: what is said of them, and
 * their relations, come together. Relations among them are dropped.
 */
export function mergeEntities(
  parts: PublishParts,
  input: MergeEntities,
): Promise<GraphReply<EntityInfo>> {
  return applyEdit(parts, async () => {
    const { store } = parts
    const into = input.entity_to_change_into
    const target =
      (await knownName(store.searches, into)) ?? itemName(into, 'entity_to_change_into')
    const sources = new Set<string>()
    for (const name of input.entities_to_change) sources.add(await existingName(store, name))
    if (sources.size === 0) {
      throw new EngineError('invalid_argument', 'entities_to_change must name an entity.')
    }
    sources.delete(target)
    const moves = new Map([...sources].map((name) => [name, target]))
    return {
      plan: moves.size > 0 ? { moves } : null,
      reply: async () => ({
        status: 'success',
        message: `Merged ${sources.size} entities into '${target}'.`,
        data: entityInfo(await readEntity(parts, target)),
      }),
    }
  })
}
