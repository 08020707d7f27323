import { SEPARATOR } from '../merge/merge-fragments.ts'
import type { EntityOverride, RelationOverride } from '../ports/graph-edit.ts'
import type { EntityPatch, RelationPatch } from './item-fields.ts'

/** An item as it is shown, with what a person said of it. */
export interface Shown<Item, Override> {
  readonly item: Item
  readonly override: Override | undefined
}

type ShownEntity = Shown<{ readonly description: string }, EntityOverride>
type ShownRelation = Shown<
  { readonly description: string; readonly keywords: string; readonly weight: number },
  RelationOverride
>

/**
 * What is said of the entity that several become. A value that a person set in one of them is
 * united with what the others show, so that neither hides the other; what nobody set keeps
 * following from the fragments.
 *
 * @param shown the target first, where it exists
 */
export function mergedEntity(shown: readonly ShownEntity[]): EntityOverride | undefined {
  const [only] = shown
  if (shown.length < 2) return only?.override
  const type = shown.find(({ override }) => override?.type !== undefined)?.override?.type
  return given({ type, description: mergedDescription(shown) })
}

/** Same for relations that coincide: keywords unite, weights add up. */
export function mergedRelation(shown: readonly ShownRelation[]): RelationOverride | undefined {
  const [only] = shown
  if (shown.length < 2) return only?.override
  const isSet = (name: keyof RelationOverride) =>
    shown.some(({ override }) => override?.[name] !== undefined)
  return given({
    keywords: isSet('keywords')
      ? unique(
          shown.flatMap(({ item }) => item.keywords.split(',').map((word) => word.trim())),
        ).join(',')
      : undefined,
    description: mergedDescription(shown),
    weight: isSet('weight') ? shown.reduce((total, { item }) => total + item.weight, 0) : undefined,
  })
}

/** An override with an edit on top: null takes a value back. Undefined when nothing is left. */
export function patchedEntity(
  override: EntityOverride | undefined,
  patch: EntityPatch,
): EntityOverride | undefined {
  return given({
    type: patched(override?.type, patch.type),
    description: patched(override?.description, patch.description),
  })
}

export function patchedRelation(
  override: RelationOverride | undefined,
  patch: RelationPatch,
): RelationOverride | undefined {
  return given({
    keywords: patched(override?.keywords, patch.keywords),
    description: patched(override?.description, patch.description),
    weight: patched(override?.weight, patch.weight),
  })
}

function patched<T>(before: T | undefined, value: T | null | undefined): T | undefined {
  return value === undefined ? before : (value ?? undefined)
}

function mergedDescription(
  shown: readonly Shown<{ readonly description: string }, { readonly description?: string }>[],
): string | undefined {
  if (shown.every(({ override }) => override?.description === undefined)) return undefined
  return unique(shown.flatMap(({ item }) => item.description.split(SEPARATOR))).join(SEPARATOR)
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '')
}

type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> }

/** The fields that have a value; undefined when none has. */
function given<T extends object>(fields: T): Given<T> | undefined {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Given<T>)
}
