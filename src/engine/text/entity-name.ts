import { cutCodePoints, normalizeField } from '../roles/normalize-field.ts'

/** LightRAG's limit, in code points. */
export const LONGEST_ENTITY_NAME = 256

/**
 * The form in which the name of an entity is kept, whoever gives it: a model, a text, a person or a
 * graph that was made elsewhere. Empty when nothing is left that names something.
 */
export function entityName(given: string): string {
  return normalizeField(given, 'drop-quotes').replace(/\s+/g, ' ')
}

/** The same, cut to its limit. */
export function cutEntityName(given: string): string {
  return cutCodePoints(entityName(given), LONGEST_ENTITY_NAME)
}
