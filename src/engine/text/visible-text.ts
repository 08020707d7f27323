/**
 * What no reader sees: soft hyphens, zero-width spaces and joiners, marks of direction, variation
 * selectors. They hide in names, and one name becomes two.
 */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu
const INVISIBLE_ANYWHERE = new RegExp(INVISIBLE.source, 'u')
/** Scripts in which a joiner between two letters decides how they are written. */
const CURSIVE =
  /[\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}\p{scx=Nkoo}\p{scx=Mand}\p{scx=Phag}\p{scx=Adlm}]/u
/** The sign that takes a vowel from a letter; beside it a joiner decides which form is written. */
const VIRAMA = /[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2]/
const MONGOLIAN = /\p{sc=Mong}/u
const MONGOLIAN_FORM = /[\u180b-\u180f]/
const PICTURE = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f/u
/** Whose flag it is is written in tags. */
const FLAG = /(\u{1f3f4}[\u{e0030}-\u{e007a}]{1,6}\u{e007f})/u
const LETTER = /[\p{L}\p{M}]/u
const JOINER = '\u200d'
const NON_JOINER = '\u200c'

/** A text without what nobody sees, as it is searched and compared. */
export function visibleText(text: string): string {
  return INVISIBLE_ANYWHERE.test(text) ? text.replace(INVISIBLE, '') : text
}

/**
 * A name likewise, as it is kept and shown; what is not seen itself stays where it decides how the
 * script or the picture beside it looks.
 */
export function visibleName(name: string): string {
  if (!INVISIBLE_ANYWHERE.test(name)) return name
  return name
    .split(FLAG)
    .map((part, i) => (i % 2 === 1 ? part : visiblePart(part)))
    .join('')
}

function visiblePart(part: string): string {
  const characters = Array.from(part)
  return characters
    .filter((character, at) => !INVISIBLE_ANYWHERE.test(character) || isSeenIn(characters, at))
    .join('')
}

function isSeenIn(characters: readonly string[], at: number): boolean {
  const [before = '', sign = '', after = ''] = at === 0 ? [] : characters.slice(at - 1, at + 2)
  if (MONGOLIAN_FORM.test(sign)) return MONGOLIAN.test(before)
  if (sign !== JOINER && sign !== NON_JOINER) return false
  if (PICTURE.test(before) && PICTURE.test(after)) return sign === JOINER
  // At the end of a word, too, where a letter alone takes another form.
  if (VIRAMA.test(before)) return sign === JOINER || LETTER.test(after)
  if (VIRAMA.test(after)) return sign === JOINER && LETTER.test(before)
  return [before, after].every((letter) => LETTER.test(letter) && CURSIVE.test(letter))
}
