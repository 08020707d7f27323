import { EngineError } from '../errors.ts'
import { cleanText } from '../ingest/clean-text.ts'
import type { Store } from '../store.ts'

/** LightRAG's limit, in code points. */
const LONGEST_NAME = 256

/**
 * The form in which a given name is kept: no controls, single spaces.
 *
 * @param field named in the error
 * @throws {EngineError} `invalid_argument` when nothing is left, or it is too long
 */
export function itemName(name: string, field: string): string {
  const cleaned = cleanText(name).replace(/\s+/g, ' ')
  if (cleaned === '') {
    throw new EngineError('invalid_argument', `${field} must not be blank.`)
  }
  if (cleaned.length > LONGEST_NAME && [...cleaned].length > LONGEST_NAME) {
    const message = `${field} must have at most ${LONGEST_NAME} characters.`
    throw new EngineError('invalid_argument', message)
  }
  return cleaned
}

/** The name under which an entity is known: the given one as it stands, or in its kept form. */
export async function knownName(store: Store, name: string): Promise<string | null> {
  const forms = [name, cleanText(name).replace(/\s+/g, ' ')]
  const keys = await store.entityKeys(forms)
  return forms.find((form) => keys.has(form)) ?? null
}

/** @throws {EngineError} `unknown_entity` */
export async function existingName(store: Store, name: string): Promise<string> {
  const known = await knownName(store, name)
  if (known !== null) return known
  throw new EngineError('unknown_entity', `Entity '${name}' does not exist.`)
}
