import { EngineError } from '../ports/engine-error.ts'
import type { Searches } from '../ports/searches.ts'
import type { Store } from '../ports/store.ts'
import type { Key } from '../ports/stored-rows.ts'
import { cleanText } from '../read/clean-text.ts'
import { entityName, LONGEST_ENTITY_NAME } from '../text/entity-name.ts'

/**
 * The form in which a given name is kept: that of names which models find.
 *
 * @param field named in the error
 * @throws {EngineError} `invalid_argument` when nothing is left that names something, or it is too long
 */
export function itemName(name: string, field: string): string {
  const kept = entityName(name)
  if (kept === '') {
    throw new EngineError(
      'invalid_argument',
      `${field} must name something: quotes, spaces or a number alone do not.`,
    )
  }
  if (kept.length > LONGEST_ENTITY_NAME && [...kept].length > LONGEST_ENTITY_NAME) {
    const message = `${field} must have at most ${LONGEST_ENTITY_NAME} characters.`
    throw new EngineError('invalid_argument', message)
  }
  return kept
}

/** An entity by the name under which it is known. */
export interface KnownEntity {
  readonly name: string
  readonly key: Key
}

/**
 * The entity of a name: the given one as it stands, or in its kept form. Names of earlier versions and of
 * imports may have been kept in other forms.
 */
export async function knownEntity(
  searches: Pick<Searches, 'entityKeys'>,
  name: string,
): Promise<KnownEntity | null> {
  const kept = entityName(name)
  const forms = [name, kept, cleanText(name).replace(/\s+/g, ' '), kept.normalize('NFD')]
  const keys = await searches.entityKeys([...new Set(forms)])
  for (const form of forms) {
    const key = keys.get(form)
    if (key !== undefined) return { name: form, key }
  }
  return null
}

export async function knownName(
  searches: Pick<Searches, 'entityKeys'>,
  name: string,
): Promise<string | null> {
  return (await knownEntity(searches, name))?.name ?? null
}

export function noEntity(name: string): EngineError {
  return new EngineError('entity_not_found', `Entity '${name}' does not exist.`)
}

/** @throws {EngineError} `unknown_entity` */
export async function existingName(store: Store, name: string): Promise<string> {
  const known = await knownName(store.searches, name)
  if (known !== null) return known
  throw new EngineError('unknown_entity', `Entity '${name}' does not exist.`)
}
