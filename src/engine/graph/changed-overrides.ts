import type { Change } from '../ports/change.ts'
import type { GraphEdit } from '../ports/graph-edit.ts'
import { pairKey } from '../ports/pair.ts'
import type { Origins } from './edit-plan.ts'
import type { OverrideChange } from './overrides-after.ts'

/** The overrides to write. Those of an item that ends go with it. */
export function changedOverrides(
  rebuilt: Pick<Change, 'deadEntities' | 'deadRelations'>,
  { before, after }: OverrideChange,
  origins: Origins,
): Pick<GraphEdit, 'overrideEntities' | 'overrideRelations'> {
  const deadEntities = new Set(rebuilt.deadEntities)
  const deadRelations = new Set(rebuilt.deadRelations.map(pairKey))
  const overrideEntities = [...origins.entities.keys(), ...rebuilt.deadEntities].flatMap((name) => {
    const override = deadEntities.has(name) ? null : (after.entities.get(name) ?? null)
    const isNothing = override === null && !before.entities.has(name)
    return isNothing ? [] : [{ name, override }]
  })
  const overrideRelations = [...origins.relations].flatMap(([key, { pair }]) => {
    const override = deadRelations.has(key) ? null : (after.relations.get(key) ?? null)
    const isNothing = override === null && !before.relations.has(key)
    return isNothing ? [] : [{ pair, override }]
  })
  return { overrideEntities, overrideRelations }
}
