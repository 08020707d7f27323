import {
  DEEDS,
  type EntityType,
  FIRST_NAMES,
  FIRST_WORDS,
  HONORIFICS,
  LAST_WORDS,
  PLACES,
  WHERE,
} from './type-words.ts'

/** What stands around a name in its sentence, in lower case; empty at the ends. */
export interface Surroundings {
  readonly before: string
  readonly after: string
}

const ACRONYM = /^\p{Lu}{2,6}$/u
const LETTER = /\p{L}/u
const FIGURE = /\p{N}/u
const WORDS = /[\p{L}\p{M}\p{N}.'’-]+/gu

/**
 * What a name names, as far as its form and its neighbours tell; where they say nothing it is a
 * concept.
 *
 * @param around one for each place where it stands
 */
export function entityType(name: string, around: readonly Surroundings[]): EntityType {
  const words = name.match(WORDS) ?? []
  const lower = words.map((word) => word.toLowerCase().replace(/\.$/, ''))
  return (
    formType(words, lower) ?? neighbourType(words, around) ?? lookType(name, words) ?? 'concept'
  )
}

function formType(words: readonly string[], lower: readonly string[]): EntityType | undefined {
  const first = lower[0] ?? ''
  const last = lower.at(-1) ?? ''
  if (words.length > 1 && HONORIFICS.has(first)) return 'person'
  // "University of Barrow" is no place: the word before "of" says what it is.
  const head = lower[lower.indexOf('of') - 1]
  const ofHead = head === undefined ? undefined : (LAST_WORDS.get(head) ?? FIRST_WORDS.get(head))
  if (ofHead !== undefined) return ofHead
  if (words.length > 1 && LAST_WORDS.has(last)) return LAST_WORDS.get(last)
  if (lower.length <= 2 && PLACES.has(last)) return 'location'
  if (FIRST_NAMES.has(first) && words.length <= 4) return 'person'
  return words.length > 1 ? FIRST_WORDS.get(first) : undefined
}

function neighbourType(
  words: readonly string[],
  around: readonly Surroundings[],
): EntityType | undefined {
  const isPerson = ({ before, after }: Surroundings) => HONORIFICS.has(before) || DEEDS.has(after)
  if (around.some(isPerson)) return 'person'
  const where = around.filter(({ before }) => WHERE.has(before)).length
  return words.length <= 2 && where * 2 > around.length ? 'location' : undefined
}

function lookType(name: string, words: readonly string[]): EntityType | undefined {
  if (words.length === 1 && ACRONYM.test(name)) return 'organization'
  return LETTER.test(name) && FIGURE.test(name) ? 'product' : undefined
}
